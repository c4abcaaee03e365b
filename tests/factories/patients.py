"""Patients for tests, as rows only: search keys are made by the services under test."""

from datetime import date

from incisor.kernel.fields import index_of
from incisor.patients.models import Patient
from tests.factories.accounts import BEGIN, make_system_user


def make_patient(*, clinic, name="皮亚", file_number="A000001", phone="13800001111", **over):
    values = {
        "sex": "female",
        "born_on": date(1990, 5, 17),
        "pinyin": "pi ya",
        "created_at": BEGIN,
        "phone_index": index_of(phone, context="phone"),
    }
    if "created_by" not in over:
        over["created_by"] = make_system_user()
    return Patient.objects.create(clinic=clinic, name=name, file_number=file_number, phone=phone, **{**values, **over})

"""Patients for tests, as rows with the keys by which they are found."""

from datetime import date

from incisor.kernel.fields import index_of
from incisor.patients.models import Patient, PatientAlert, SearchKey
from incisor.patients.queries import search_keys_of
from incisor.patients.rules import pinyin_of
from tests.factories.accounts import BEGIN, make_system_user


def make_patient(*, clinic, name="皮亚", file_number="A000001", phone="13800001111", **over):
    values = {
        "sex": "female",
        "born_on": date(1990, 5, 17),
        "pinyin": "pi ya",
        "created_at": BEGIN,
        "phone_index": index_of(phone, context="phone"),
    }
    if name != "皮亚":
        values["pinyin"] = pinyin_of(name)
    if "created_by" not in over:
        over["created_by"] = make_system_user()
    made = Patient.objects.create(clinic=clinic, name=name, file_number=file_number, phone=phone, **{**values, **over})
    SearchKey.objects.bulk_create(search_keys_of(made))
    return made


def make_alert(*, patient, kind="allergy", code="penicillin", text="青霉素类", **over):
    values = {"recorded_by": patient.created_by, "recorded_at": BEGIN}
    return PatientAlert.objects.create(
        clinic_id=patient.clinic_id, patient=patient, kind=kind, code=code, text=text, **{**values, **over}
    )

"""Overwriting who a person was, after the years of keeping, and leaving what the law demands: figures, dates, the record of
who did what."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from incisor.kernel import events, live
from incisor.kernel.fields import EncryptedTextField
from incisor.patients.enums import KeyKind
from incisor.patients.events import PatientErased
from incisor.patients.models import DuplicatePair, Merge, Patient, PatientPhoto, SearchKey
from incisor.patients.queries import merged_files
from incisor.patients.queries.attached import rows_of

ERASED_NAME = "已删除"
EMPTIED: dict[str, Any] = {
    "name": ERASED_NAME, "pinyin": "", "sex": "unknown", "born_on": None, "phone": "", "phone_index": "",
    "phone_owner": "", "email": "", "id_number": "", "id_index": "", "insurance_number": "", "card_number": "",
    "address": "", "occupation": "", "contact_time": "", "source_detail": "", "referrer": None, "special_needs": [],
    "tags": [], "note": "", "external_id": "", "is_active": False,
}  # fmt: skip


def erase(patient: Patient, at: datetime) -> None:
    """Overwrite the person in the file, in those merged into it, and in every sealed text that hangs on them."""
    files = [patient, *merged_files(patient)]
    ids = [one.pk for one in files]
    for rows in rows_of(ids):
        sealed = [field.name for field in rows.model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if sealed and rows.model is not Patient:
            rows.update(**dict.fromkeys(sealed, ""))
    Merge.objects.filter(Q(kept__in=ids) | Q(lesser__in=ids)).update(ledger="")
    PatientPhoto.objects.filter(patient__in=ids).delete()
    DuplicatePair.objects.filter(Q(one__in=ids) | Q(other__in=ids)).delete()
    SearchKey.objects.filter(patient__in=ids).exclude(kind=KeyKind.FILE).delete()
    Patient.objects.filter(pk__in=ids).update(**EMPTIED, restricted_at=at, erased_at=at)
    events.publish(PatientErased(clinic_id=patient.clinic_id, patient_ids=tuple(ids), at=at))
    live.touch(patient.clinic_id, "day")

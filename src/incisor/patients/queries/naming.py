"""What patients are called, for the audit record, which knows only their keys."""

import uuid
from collections.abc import Iterable

from incisor.clinics.models import Clinic
from incisor.patients.models import Patient
from incisor.patients.queries.finding import file_number


def names_of(clinic_id: uuid.UUID | None, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return name and file number of the clinic's patients of those keys; no patient belongs to the organisation."""
    if clinic_id is None:
        return {}
    found = Patient.objects.filter(clinic_id=clinic_id, pk__in=list(ids)).values_list("pk", "name", "file_number")
    return {key: f"{name} · {number}" for key, name, number in found}


def ids_by_file_number(clinic_id: uuid.UUID, typed: str) -> list[uuid.UUID]:
    """Return the clinic's patient of that file number, typed in whole or without letters and leading zeros."""
    text = typed.strip().upper()
    wanted = [text]
    if text.isascii() and text.isdigit() and len(text) <= 9:
        clinic = Clinic.objects.filter(pk=clinic_id).first()
        if clinic is not None:
            wanted.append(file_number(clinic, int(text)))
    found = Patient.objects.filter(clinic_id=clinic_id, file_number__in=wanted)
    return list(found.values_list("pk", flat=True))

"""Handing a person the own data."""

from datetime import datetime
from typing import Any

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.patients import queries
from incisor.patients.models import Patient


@action(Permission.PATIENT_PRIVACY)
def copy_data(*, by: User, clinic: Clinic, patient: Patient, form: str, at: datetime) -> dict[str, Any]:
    """Return the whole copy of one person's data and note that it was made. form: "print" or "file", for the record."""
    record("patient.data_copied", subject=patient, patient_id=patient.pk, after={"format": form}, is_look=True)
    return queries.everything_of(clinic, patient, at)

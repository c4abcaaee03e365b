"""Showing whole phone numbers on the printed day."""

from collections.abc import Sequence
from datetime import datetime

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.patients.models import Patient
from incisor.patients.services import unmask


@action(Permission.PATIENT_UNMASK)
def show_phones(*, by: User, clinic: Clinic, patients: Sequence[Patient], at: datetime) -> None:
    """Note for each patient that the whole phone number was shown. Raises NotAllowed."""
    for patient in patients:
        unmask(by=by, patient=patient, fields=["phone"], at=at)

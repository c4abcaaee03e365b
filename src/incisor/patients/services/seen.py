"""When the patient was here last."""

from datetime import date, datetime

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.patients.models import Patient


@action(Permission.PATIENT_SEE, or_else=(Permission.CHAIR_WORK, Permission.RECEPTION_WORK))
def note_seen(*, by: User, patient: Patient, on: date | None, at: datetime) -> None:
    """Write the day of the last visit into the file; None when it was a mistake and there is no earlier one."""
    before = patient.last_seen_on
    if before == on:
        return
    Patient.objects.filter(pk=patient.pk).update(last_seen_on=on)
    patient.last_seen_on = on
    record(
        "patient.seen",
        subject=patient,
        patient_id=patient.pk,
        before={"last_seen_on": before.isoformat() if before else None},
        after={"last_seen_on": on.isoformat() if on else None},
    )

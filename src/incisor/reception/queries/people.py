"""People: who the user is among the staff, and who is on the board, for the ranking of the search."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import PRESENT, VisitStatus
from incisor.visits.models import Visit

SCORES = {
    VisitStatus.WAITING: 95,
    VisitStatus.CALLED: 95,
    VisitStatus.TO_PAY: 92,
    VisitStatus.IN_CHAIR: 90,
}


def staff_of(clinic: Clinic, user: User) -> StaffMember | None:
    """Return the dentist who the user is in this clinic, None for everybody else."""
    return next((person for person in dentists(clinic) if person.user_id == user.pk), None)


def on_the_board(
    clinic: Clinic, patient_ids: Collection[uuid.UUID] | None, at: datetime
) -> dict[uuid.UUID, tuple[int, str]]:
    """Return score and note of the patients who are here now: they are the ones most likely looked for."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    rows = Visit.objects.filter(clinic=clinic, business_date=day, status__in=PRESENT)
    if patient_ids is not None:
        rows = rows.filter(patient__in=patient_ids)
    found: dict[uuid.UUID, tuple[int, str]] = {}
    for patient_id, status, number in rows.values_list("patient_id", "status", "queue_number"):
        note = _("No. %(number)s, %(status)s") % {"number": number, "status": VisitStatus(status).label}
        score = SCORES[VisitStatus(status)]
        if patient_id not in found or found[patient_id][0] < score:
            found[patient_id] = (score, note)
    return found

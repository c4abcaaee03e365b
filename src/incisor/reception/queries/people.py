"""People: who the user is among the staff, and who is on the board, for the ranking of the search."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date, day_bounds
from incisor.kernel.db.prepared import prepared
from incisor.patients.models import Patient
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import PRESENT, VisitStatus
from incisor.visits.models import Visit, VisitStep

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
    rows = _here(clinic.pk, day) if patient_ids is None else _here_of(clinic.pk, day, tuple(patient_ids))
    found: dict[uuid.UUID, tuple[int, str]] = {}
    for patient_id, status, number in rows:
        note = _("No. %(number)s, %(status)s") % {"number": number, "status": VisitStatus(status).label}
        score = SCORES[VisitStatus(status)]
        if patient_id not in found or found[patient_id][0] < score:
            found[patient_id] = (score, note)
    return found


@prepared
def _here(clinic_id: uuid.UUID, day: date) -> QuerySet[Any, Any]:
    found = Visit.objects.filter(clinic_id=clinic_id, business_date=day, status__in=PRESENT)
    return found.values_list("patient_id", "status", "queue_number")


@prepared
def _here_of(clinic_id: uuid.UUID, day: date, patients: tuple[uuid.UUID, ...]) -> QuerySet[Any, Any]:
    found = Visit.objects.filter(clinic_id=clinic_id, business_date=day, status__in=PRESENT, patient_id__in=patients)
    return found.values_list("patient_id", "status", "queue_number")


def last_step(visit: Visit) -> VisitStep | None:
    """Return the visit's last step that was not taken back."""
    return visit.steps.filter(undone_at=None).order_by("-at", "-pk").first()


def unsigned_notes(clinic: Clinic, dentist: StaffMember) -> list[Visit]:
    """Return the dentist's treated visits whose note is not signed, the oldest first."""
    treated = {VisitStatus.TO_PAY, VisitStatus.DONE}
    rows = Visit.objects.filter(clinic=clinic, dentist=dentist, status__in=treated, note__signed_at=None)
    return list(rows.select_related("patient").order_by("arrived_at", "pk")[:20])


def todays_appointments(clinic: Clinic, patient: Patient, at: datetime) -> list[Appointment]:
    """Return what the patient is expected for today: check that in instead of a walk-in."""
    first, after = day_bounds(business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at), clinic.zone)
    rows = Appointment.objects.filter(clinic=clinic, patient=patient, starts_at__gte=first, starts_at__lt=after)
    return list(rows.filter(status__in=sorted(EXPECTED)).select_related("dentist").order_by("starts_at", "pk"))

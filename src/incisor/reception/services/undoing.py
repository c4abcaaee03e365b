"""Taking back a step: visit, appointment and chair are exactly as they were."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.enums import ChairState
from incisor.clinics.models import Clinic
from incisor.clinics.queries import chair as chair_of
from incisor.clinics.queries import lock_chairs
from incisor.kernel.clock import business_date
from incisor.reception.services import surveys
from incisor.reception.services._chairs import put_chair
from incisor.scheduling import queries as scheduling_queries
from incisor.scheduling import services as scheduling
from incisor.staff.queries import dentist as dentist_of
from incisor.visits import queries as visits_queries
from incisor.visits import services as visits
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit, VisitStep

# What a chair may have become since, so that the patient can still be put back into it.
STILL_THERE = {
    ChairState.OCCUPIED: frozenset({ChairState.OCCUPIED}),
    ChairState.CLEANING: frozenset({ChairState.CLEANING, ChairState.FREE}),
    ChairState.OUT_OF_ORDER: frozenset({ChairState.OUT_OF_ORDER, ChairState.FREE, ChairState.CLEANING}),
}


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK, Permission.MONEY_TAKE))
def undo_step(*, by: User, clinic: Clinic, step: VisitStep, at: datetime) -> Visit:
    """Take back the last step of a visit of today. Raises UndoImpossible when something followed it."""
    visit = visits_queries.visit(clinic, step.visit_id)
    if visit.business_date != business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at):
        raise visits.UndoImpossible(_("Only steps of today can be undone."))
    if step.undone_at is not None:
        raise visits.UndoImpossible(_("This was undone already."))
    # one chair for who sat down or got up, two for who was led from one to the other
    places = step.before.get("chairs") or ([step.before] if step.before.get("chair") else [])
    chairs = {str(row.pk): row for row in lock_chairs(clinic, [place["chair"] for place in places])}
    # in the order of every other step: chair, visit, appointment
    if not step.from_status:
        before = visits.withdraw_visit(by=by, visit=visit, at=at)
    else:
        before = visits.undo_step(by=by, visit=visit, step=step, at=at)
        if step.to_status == VisitStatus.DONE:
            surveys.take_back(visit, at)
    for place in places:
        chair = chairs[place["chair"]]
        since = parse_datetime(place["chair_since"]) if place.get("chair_since") else None
        still = STILL_THERE[ChairState(place["chair_to"])]
        if not put_chair(chair, to=place["chair_from"], since=since, only_from=still):
            raise visits.UndoImpossible(_("%(chair)s is in use by now.") % {"chair": chair.name})
    _restore_appointment(clinic, before, by, at)
    return visit


def _restore_appointment(clinic: Clinic, before: dict[str, Any], by: User, at: datetime) -> None:
    if not before.get("appointment_id"):
        return
    appointment = scheduling_queries.appointment(clinic, before["appointment_id"])
    if appointment.status != before["appointment_to"]:
        raise visits.UndoImpossible(_("The appointment was changed since."))
    scheduling.change_status(by=by, appointment=appointment, to=before["appointment_from"], at=at)
    if before.get("moved_from"):
        _move_back(clinic, before["appointment_id"], before["moved_from"], by, at)


def _move_back(clinic: Clinic, appointment_id: str, old: dict[str, str], by: User, at: datetime) -> None:
    """Give an appointment the time back from which it was brought forward at the door."""
    scheduling.move_appointment(
        by=by,
        appointment=scheduling_queries.appointment(clinic, appointment_id),
        dentist=dentist_of(clinic, old["dentist"]),
        chair=chair_of(clinic, old["chair"]),
        starts_at=datetime.fromisoformat(old["starts_at"]),
        at=at,
    )

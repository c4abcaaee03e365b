"""Chairs: who sits where, which one is proposed."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incisor.accounts.models import User
from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs
from incisor.reception.rules.chairs import chair_for
from incisor.scheduling.enums import ConflictKind
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.scheduling.queries import affected, check_time
from incisor.scheduling.rules import Conflict, need_of
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit


@dataclass(frozen=True)
class ChairNow:
    """A chair, who sits in it, and whether it is the one proposed.

    ends_at: when the treatment should end; over: minutes since then. minutes: for how long it has been in its state.
    """

    chair: Chair
    visit: Visit | None = None
    is_proposed: bool = False
    ends_at: datetime | None = None
    over: int = 0
    minutes: int = 0

    @property
    def is_ready(self) -> bool:
        """Whether a patient can be seated, after a word that it is clean at most."""
        return self.visit is None and self.chair.state in {"free", "cleaning"}


def pick_chair(preferred: Iterable[uuid.UUID | None], all_chairs: Sequence[Chair]) -> Chair | None:
    """Return the chair to propose, without a query. preferred: the one booked, the dentist's own."""
    wanted = chair_for(preferred, [(chair.pk, chair.state) for chair in all_chairs])
    return next((chair for chair in all_chairs if chair.pk == wanted), None)


def _preferred(clinic: Clinic, visit: Visit) -> list[uuid.UUID | None]:
    booked = visit.appointment.chair_id if visit.appointment is not None else None
    return [booked, usual_chairs(dentists(clinic)).get(visit.dentist_id) if visit.dentist_id else None]


def usual_chairs(people: Sequence[StaffMember]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Return each dentist's usual chair."""
    return {person.pk: getattr(person, "usual_chair_id", None) for person in people}


def proposed_chair(clinic: Clinic, visit: Visit) -> Chair | None:
    """Return the chair to propose for the visit now, None when none is free."""
    return pick_chair(_preferred(clinic, visit), chairs(clinic))


def patient_in(chair: Chair) -> Visit | None:
    """Return the visit whose patient sits in the chair."""
    return Visit.objects.filter(chair=chair, status=VisitStatus.IN_CHAIR).select_related("patient").first()


def chair_options(clinic: Clinic, visit: Visit) -> list[ChairNow]:
    """Return every chair in use, who sits in it, and which one is proposed for the visit."""
    everywhere = chairs(clinic)
    sitting = Visit.objects.filter(clinic=clinic, status=VisitStatus.IN_CHAIR, chair__in=everywhere)
    by_chair = {other.chair_id: other for other in sitting.select_related("patient")}
    proposed = pick_chair(_preferred(clinic, visit), everywhere)
    return [
        ChairNow(
            chair=chair, visit=by_chair.get(chair.pk), is_proposed=proposed is not None and chair.pk == proposed.pk
        )
        for chair in everywhere
    ]


def dentist_at(clinic: Clinic, chair: Chair, user: User) -> StaffMember | None:
    """Return who treats at the chair: the user if a dentist here, else the one whose usual chair it is."""
    here = dentists(clinic)
    own = next((person for person in here if person.user_id == user.pk), None)
    return own or next((person for person in here if usual_chairs(here).get(person.pk) == chair.pk), None)


def booked_on_broken(clinic: Clinic, chair: Chair, at: datetime) -> list[Appointment]:
    """Return who is expected on a chair that is out of order, as long as it is reckoned to be so, by time."""
    found = affected(clinic, at)
    return [one.appointment for one in found if one.appointment.chair_id == chair.pk and _is_broken(one.conflicts)]


def _is_broken(conflicts: Iterable[Conflict]) -> bool:
    return any(conflict.kind == ConflictKind.CHAIR_OUT for conflict in conflicts)


def other_chair_for(appointment: Appointment, at: datetime) -> Chair | None:
    """Return a chair in order that is free for the appointment at its own time, with its own dentist; None for none."""
    clinic = appointment.clinic
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    minutes = (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1)
    need = need_of([item.procedure for item in items], minutes=minutes, busy=appointment.busy)
    for chair in chairs(clinic):
        if chair.pk == appointment.chair_id or chair.state == ChairState.OUT_OF_ORDER:
            continue
        slot, _reasons = check_time(
            clinic,
            patient=appointment.patient,
            need=need,
            dentist=appointment.dentist,
            chair=chair,
            starts_at=appointment.starts_at,
            now=at,
            besides=appointment,
        )
        if slot is not None:
            return chair
    return None

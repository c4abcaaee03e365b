"""From the queue into the chair and out of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair
from incisor.clinics.queries import lock_chairs
from incisor.kernel.errors import NotFound, Refused
from incisor.reception import queries
from incisor.reception.rules.chairs import may_set
from incisor.reception.services._chairs import put_chair
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import AppointmentStatus
from incisor.staff.models import StaffMember
from incisor.visits import services as visits
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit, VisitStep

DESK_OR_CHAIR = (Permission.CHAIR_WORK,)
FOLLOWS = {
    AppointmentStatus.IN_TREATMENT: AppointmentStatus.ARRIVED,
    AppointmentStatus.COMPLETED: AppointmentStatus.IN_TREATMENT,
}


class ChairNotFree(Refused):
    """The chair is occupied, being cleaned or out of order."""

    code = "chair_not_free"


class NoChairFree(Refused):
    """Every chair is in use."""

    code = "no_chair_free"


class ChairInUse(Refused):
    """A chair with a patient in it has no other state."""

    code = "chair_in_use"


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def seat_patient(
    *,
    by: User,
    visit: Visit,
    at: datetime,
    chair: Chair | None = None,
    dentist: StaffMember | None = None,
    chair_is_clean: bool = False,
) -> VisitStep:
    """Begin the treatment: the patient sits, the chair is occupied, the appointment is “in treatment”.

    chair: None takes the one proposed. dentist: None keeps the visit's, else takes the one who works at the chair.
    chair_is_clean: says that a chair still marked “cleaning” is ready. Raises ChairNotFree, NoChairFree, StepTaken …
    """
    chosen = chair or queries.proposed_chair(visit.clinic, visit)
    if chosen is None:
        raise NoChairFree(_("No chair is free. End a treatment, or set a cleaned chair to “free”."))
    locked = next(iter(lock_chairs(visit.clinic, [chosen.pk])), None)
    if locked is None or not locked.is_active:
        raise NotFound()
    ready = {ChairState.FREE, *([ChairState.CLEANING] if chair_is_clean else [])}
    if locked.state not in ready:
        raise ChairNotFree(
            _("%(chair)s is not free: %(state)s. Choose another chair.")
            % {"chair": locked.name, "state": ChairState(locked.state).label.lower()},
            chair_id=locked.pk,
            state=locked.state,
        )
    restore: dict[str, Any] = {
        "chair": str(locked.pk),
        "chair_from": locked.state,
        "chair_since": locked.state_since.isoformat() if locked.state_since else None,
        "chair_to": ChairState.OCCUPIED.value,
    }
    restore |= _way_back(visit, AppointmentStatus.IN_TREATMENT)
    treating = dentist or visit.dentist or queries.dentist_at(visit.clinic, locked, by)
    step = visits.take_step(
        by=by, visit=visit, to=VisitStatus.IN_CHAIR, chair=locked, dentist=treating, restore=restore, at=at
    )
    _appointment_to(visit, AppointmentStatus.IN_TREATMENT, by, at)
    put_chair(locked, to=ChairState.OCCUPIED, since=at)
    return step


def _way_back(visit: Visit, status: AppointmentStatus) -> dict[str, str]:
    """Return how the change of the visit's appointment to that status is taken back."""
    appointment = visit.appointment
    if appointment is None or appointment.status != FOLLOWS[status]:
        return {}
    return {
        "appointment_id": str(appointment.pk),
        "appointment_from": appointment.status,
        "appointment_to": status.value,
    }


def _appointment_to(visit: Visit, status: AppointmentStatus, by: User, at: datetime) -> None:
    """Move the visit's appointment on."""
    appointment = visit.appointment
    if appointment is None or appointment.status != FOLLOWS[status]:
        return  # somebody settled the appointment otherwise: the patient is treated all the same
    scheduling.change_status(by=by, appointment=appointment, to=status, at=at)
    appointment.status = status


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def end_treatment(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """End the treatment: the patient goes to the desk, the chair is to be cleaned, the appointment is completed."""
    chair = next(iter(lock_chairs(visit.clinic, [visit.chair_id])), None) if visit.chair_id else None
    restore: dict[str, Any] = {}
    if chair is not None:
        since = chair.state_since.isoformat() if chair.state_since else None
        restore = {"chair": str(chair.pk), "chair_from": chair.state, "chair_since": since, "chair_to": "cleaning"}
    restore |= _way_back(visit, AppointmentStatus.COMPLETED)
    step = visits.take_step(by=by, visit=visit, to=VisitStatus.TO_PAY, restore=restore, at=at)
    _appointment_to(visit, AppointmentStatus.COMPLETED, by, at)
    if chair is not None:
        put_chair(chair, to=ChairState.CLEANING, since=at)
    return step


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def set_chair_state(*, by: User, chair: Chair, state: str, at: datetime) -> None:
    """Set a chair free after cleaning, to be cleaned, or out of order. Raises ChairInUse."""
    after = ChairState(state)
    (locked,) = lock_chairs(chair.clinic, [chair.pk])
    if not may_set(locked.state, after, has_patient=queries.patient_in(locked) is not None):
        raise ChairInUse(
            _("%(chair)s is %(state)s and cannot be set to “%(wanted)s”.")
            % {"chair": locked.name, "state": ChairState(locked.state).label.lower(), "wanted": after.label}
        )
    put_chair(locked, to=after, since=at)

"""What happens to an appointment after it was booked: moved, cancelled, kept or missed, and taken back."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action, may
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel import events
from incisor.kernel.errors import NotAllowed, Refused
from incisor.kernel.spans import minute_of
from incisor.scheduling.enums import FREED, OCCUPYING, AppointmentStatus, CancelReason, ChangeKind
from incisor.scheduling.events import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentRegained,
)
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem, Hold
from incisor.scheduling.rules import MOVABLE, Need, fitted, may_change, need_of, occupying, urgent
from incisor.scheduling.services.freeing import change_time, lose_time, regain_time, settle_itself
from incisor.scheduling.services.gaps import take_back, wait_again
from incisor.scheduling.services.gate import Asked, excluded, offering_alternatives, secure
from incisor.scheduling.services.holding import take_up
from incisor.scheduling.services.recording import facts_of, note_change
from incisor.scheduling.services.telling import changed_meanwhile
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists as dentists_of

# Whoever may take one of these steps at the desk or the chair may record it.
STATUS_PERMISSIONS = (Permission.APPOINTMENT_BOOK, Permission.RECEPTION_WORK, Permission.CHAIR_WORK)


class NotMovable(Refused):
    """Treatment has begun, or the appointment has ended."""

    code = "not_movable"


class WrongStatus(Refused):
    """That status cannot follow the present one."""

    code = "wrong_status"


class NothingToUndo(Refused):
    """Something else happened to the appointment since."""

    code = "nothing_to_undo"


def current_row(appointment: Appointment, version: int | None) -> Appointment:
    """The row as it is now; version: what the person looked at, None when it does not matter."""
    fresh = Appointment.objects.select_related("clinic", "patient", "dentist", "chair", "assistant").get(
        pk=appointment.pk
    )
    if version is not None and fresh.version != version:
        raise changed_meanwhile(fresh)
    return fresh


def write(appointment: Appointment, **values: Any) -> None:
    """Compare and set: write unless somebody else did since it was read."""
    same = Appointment.objects.filter(pk=appointment.pk, version=appointment.version)
    if not same.update(version=F("version") + 1, **values):
        raise changed_meanwhile(appointment)
    for name, value in values.items():
        setattr(appointment, name, value)
    appointment.version += 1


def need_as_booked(
    appointment: Appointment, minutes: int | None = None, busy: Sequence[Sequence[int]] | None = None
) -> Need:
    """What the appointment needs with its own length and time pattern, or with others."""
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    usual = minute_of(appointment.ends_at) - minute_of(appointment.starts_at)
    length = minutes if minutes is not None else usual
    pattern = fitted(appointment.busy, usual=usual, minutes=length) if busy is None else busy
    return need_of([item.procedure for item in items], minutes=length, busy=pattern)


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def move_appointment(
    *,
    by: User,
    appointment: Appointment,
    starts_at: datetime,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    minutes: int | None = None,
    busy: Sequence[Sequence[int]] | None = None,
    overbook_reason: str = "",
    version: int | None = None,
    hold: Hold | None = None,
    is_urgent: bool = False,
    keeps_status: str = "",
    at: datetime,
) -> AppointmentChange:
    """Give an appointment another time, dentist, chair or length: the same row, a move is a move. Returns the change.

    dentist: None keeps the present one. chair: None keeps it if it can serve, else the dentist's usual one, else any.
    busy: another time pattern; None keeps the present one. hold: of the new time, taken up by the move. version: of the
    appointment as the person saw it. keeps_status: of one that only steps aside while two are swapped. Raises SlotTaken,
    NotMovable, ChangedMeanwhile, NotAllowed.
    """
    current = current_row(appointment, version)
    if current.status not in MOVABLE:
        raise NotMovable(
            _("This appointment is %(status)s; only an expected one can be moved.")
            % {"status": current.get_status_display()}
        )
    goes_to = dentist or _own_dentist(current)
    is_same = goes_to.pk == current.dentist_id
    usual = getattr(goes_to, "usual_chair_id", None)
    need = need_as_booked(current, minutes, busy)
    asked = Asked(
        clinic=current.clinic,
        patient=current.patient,
        dentist=goes_to,
        chair=chair,
        starts_at=starts_at,
        need=urgent(need) if is_urgent else need,
        at=at,
        besides=current,
        hold=hold,
        assistant=current.assistant,
        chairs_first=(current.chair_id, usual) if is_same else (usual, current.chair_id),
        may_be_past=starts_at == current.starts_at,
    )
    ends_at = starts_at + timedelta(minutes=need.minutes)
    take_back(current, starts_at=starts_at, ends_at=ends_at, by=by, at=at)
    place = secure(asked, by=by, overbook_reason=overbook_reason)
    before, from_status, stood = facts_of(current), current.status, copy(current)
    is_placed_again = from_status == AppointmentStatus.RESCHEDULED and not keeps_status
    with excluded(asked):
        write(
            current,
            status=AppointmentStatus.CONFIRMED.value if is_placed_again else keeps_status or from_status,
            dentist=place.dentist,
            chair=place.chair,
            **occupying(starts_at, asked.need),
            is_overbooked=bool(place.overbooks),
            overbook_reason=overbook_reason if place.overbooks else "",
            accepted=place.accepted,
            moved_count=current.moved_count + 1,
            answer="",  # it was about the old time
            answered_at=None,
            confirmed_count=0,
        )
    if hold is not None:
        take_up(hold, current, at)
    change = note_change(
        current,
        "appointment.moved",
        kind=ChangeKind.MOVED,
        by=by,
        at=at,
        before=before,
        after=facts_of(current),
        from_status=from_status if is_placed_again else "",
        reason=current.overbook_reason,
    )
    if is_placed_again:
        settle_itself(current, by=by, at=at)
    else:
        change_time(stood, current, at=at)
    _publish_moved(current, at)
    return change


def _own_dentist(appointment: Appointment) -> StaffMember:
    """The appointment's own dentist, with the usual chair when the dentist still works here."""
    here = (row for row in dentists_of(appointment.clinic) if row.pk == appointment.dentist_id)
    return next(here, appointment.dentist)


def _publish_moved(appointment: Appointment, at: datetime) -> None:
    events.publish(
        AppointmentMoved(
            clinic_id=appointment.clinic_id,
            appointment_id=appointment.pk,
            patient_id=appointment.patient_id,
            at=at,
        )
    )


@action(Permission.APPOINTMENT_BOOK)
def cancel_appointment(
    *, by: User, appointment: Appointment, reason: str, note: str = "", version: int | None = None, at: datetime
) -> AppointmentChange:
    """Cancel an appointment with its reason; its time is free at once. Returns the change.

    Raises WrongStatus, ChangedMeanwhile.
    """
    chosen = CancelReason(reason)
    return to_status(
        appointment, AppointmentStatus.CANCELLED, by=by, at=at, reason=note or str(chosen),
        what="appointment.cancelled", cancel_reason=chosen.value, cancel_note=note[:200], version=version,
    )  # fmt: skip


@offering_alternatives
@action(Permission.APPOINTMENT_SEE)
def change_status(*, by: User, appointment: Appointment, to: str, reason: str = "", at: datetime) -> AppointmentChange:
    """Record the next step of an appointment by the table NEXT: arrived, in treatment, completed, missed … or back.

    The status that the caller saw must still hold. What was cancelled or missed passes the gate again before it takes
    up time. Raises WrongStatus, ChangedMeanwhile, SlotTaken, NotAllowed.
    """
    if not any(may(by, permission, appointment.clinic_id) for permission in STATUS_PERMISSIONS):
        raise NotAllowed(_("Your role does not allow you to change appointments here."))
    current = current_row(appointment, None)
    if current.status != appointment.status:
        raise changed_meanwhile(current)
    return to_status(current, AppointmentStatus(to), by=by, at=at, reason=reason, what="appointment.status_changed")


def to_status(
    appointment: Appointment,
    to: AppointmentStatus,
    *,
    by: User,
    at: datetime,
    reason: str,
    what: str,
    cancel_reason: str = "",
    cancel_note: str = "",
    version: int | None = None,
) -> AppointmentChange:
    """Take the step and all that follows from it. Runs inside the caller's action. Raises WrongStatus, ChangedMeanwhile."""
    current = current_row(appointment, version)
    before = AppointmentStatus(current.status)
    if not may_change(before, to):
        raise WrongStatus(
            _("This appointment is %(before)s; it cannot become %(after)s.")
            % {"before": before.label, "after": to.label}
        )
    if before in FREED and to in OCCUPYING:
        _enter_again(current, by=by, at=at)
    write(current, status=to.value, cancel_reason=cancel_reason, cancel_note=cancel_note)
    change = note_change(current, what, kind=ChangeKind.STATUS, by=by, at=at, from_status=before.value, reason=reason)
    if to in FREED:
        lose_time(current, before, why=reason, by=by, at=at)
    ids: dict[str, Any] = {
        "clinic_id": current.clinic_id,
        "appointment_id": current.pk,
        "patient_id": current.patient_id,
        "at": at,
    }
    if to is AppointmentStatus.CANCELLED:
        events.publish(AppointmentCancelled(reason=cancel_reason, **ids))
    elif to is AppointmentStatus.NO_SHOW:
        events.publish(AppointmentMissed(**ids))
    elif to is AppointmentStatus.CONFIRMED and before is AppointmentStatus.REQUESTED:
        events.publish(AppointmentConfirmed(**ids))
    elif before in FREED and to in OCCUPYING:
        events.publish(AppointmentRegained(**ids))
    return change


def _enter_again(current: Appointment, *, by: User, at: datetime) -> None:
    """Let an appointment whose time was given back pass the gate, at its old time and place."""
    asked = Asked(
        clinic=current.clinic,
        patient=current.patient,
        dentist=current.dentist,
        chair=current.chair,
        starts_at=current.starts_at,
        need=need_as_booked(current),
        at=at,
        besides=current,
        assistant=current.assistant,
        may_be_past=True,
    )
    regain_time(current, by=by, at=at)
    secure(asked, by=by)


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def undo_change(*, by: User, clinic: Clinic, change: AppointmentChange, at: datetime) -> AppointmentChange:
    """Take back the last change of an appointment: a booking, a move, a cancellation, a missed one. Returns the new change.

    Through the gate, like everything that takes up time. Raises NothingToUndo, SlotTaken.
    """
    appointment = Appointment.objects.get(pk=change.appointment_id, clinic=clinic)
    latest = AppointmentChange.objects.filter(appointment=appointment).order_by("-at", "-pk").first()
    if latest is None or latest.pk != change.pk:
        raise NothingToUndo(_("This cannot be undone any more: the appointment has been changed since."))
    if change.kind == ChangeKind.BOOKED:
        return cancel_appointment(by=by, appointment=appointment, reason=CancelReason.MISTAKE, at=at)
    if change.kind == ChangeKind.MOVED and change.from_status == AppointmentStatus.RESCHEDULED:
        return to_status(
            appointment, AppointmentStatus.RESCHEDULED, by=by, at=at, reason="", what="appointment.unplaced"
        )
    if change.kind == ChangeKind.MOVED:
        return _moved_back(by=by, clinic=clinic, appointment=appointment, before=change.before, at=at)
    if change.kind == ChangeKind.STATUS and change.from_status:
        return change_status(by=by, appointment=appointment, to=change.from_status, at=at)
    raise NothingToUndo(_("This change cannot be undone; edit the appointment instead."))


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def undo_changes(
    *, by: User, clinic: Clinic, changes: Sequence[AppointmentChange], at: datetime
) -> list[AppointmentChange]:
    """Take back what was done together, all or nothing."""
    return [undo_change(by=by, clinic=clinic, change=change, at=at) for change in changes]


def _moved_back(
    *, by: User, clinic: Clinic, appointment: Appointment, before: dict[str, Any], at: datetime
) -> AppointmentChange:
    starts_at, ends_at = (datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at"))
    wait_again(appointment)
    return move_appointment(
        by=by,
        appointment=appointment,
        dentist=StaffMember.objects.get(pk=before["dentist_id"]),
        chair=Chair.objects.get(pk=before["chair_id"], clinic=clinic),
        starts_at=starts_at,
        minutes=minute_of(ends_at) - minute_of(starts_at),
        busy=before.get("busy"),
        at=at,
    )

"""What stays behind when an appointment loses its time: the visit to be booked again, and the time that came free."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Procedure
from incisor.kernel import live
from incisor.kernel.spans import meet, minute_of, span_of
from incisor.scheduling.enums import (
    OCCUPYING,
    AppointmentStatus,
    CancelReason,
    FreedBy,
    UnplacedOrigin,
    UnplacedState,
)
from incisor.scheduling.models import Appointment, AppointmentItem, Unplaced, UnplacedItem
from incisor.scheduling.queries.placing import unplaced_of, unplaced_procedures
from incisor.scheduling.rules import is_kept, settles
from incisor.scheduling.services.gaps import note_freed, take_back, take_slots, wait_again

ORIGINS = {
    AppointmentStatus.CANCELLED: UnplacedOrigin.CANCELLED,
    AppointmentStatus.NO_SHOW: UnplacedOrigin.MISSED,
    AppointmentStatus.RESCHEDULED: UnplacedOrigin.CUT,
}


FREED_BY = {
    AppointmentStatus.CANCELLED: FreedBy.CANCELLED,
    AppointmentStatus.NO_SHOW: FreedBy.MISSED,
    AppointmentStatus.RESCHEDULED: FreedBy.MOVED,
}


def lose_time(appointment: Appointment, before: AppointmentStatus, *, why: str, by: User, at: datetime) -> None:
    """Do what follows when an appointment no longer takes up time. before: its status until now.

    Runs inside the caller's action.
    """
    to = AppointmentStatus(appointment.status)
    if appointment.cancel_reason == CancelReason.MISTAKE:
        wait_again(appointment)
    elif before in OCCUPYING:
        note_freed(appointment, freed_by=FREED_BY[to], at=at)
    is_undo = appointment.cancel_reason == CancelReason.MISTAKE or to is AppointmentStatus.RESCHEDULED
    if is_undo and reopen(appointment):
        return
    give_back(appointment, by=by, at=at)  # cut out before and now cancelled: its line ends, another begins
    keep_visit(appointment, origin=ORIGINS[to], why=why, by=by, at=at)


def regain_time(appointment: Appointment, *, by: User, at: datetime) -> None:
    """Do what follows when an appointment takes up its old time again. Before the gate: the time may be offered."""
    give_back(appointment, by=by, at=at)
    take_back(appointment, starts_at=appointment.starts_at, ends_at=appointment.ends_at, by=by, at=at)


def change_time(before: Appointment, after: Appointment, *, at: datetime) -> None:
    """Do what follows when an appointment has left a time for another one. Runs inside the caller's action."""
    take_slots(after, at=at)
    is_other = before.dentist_id != after.dentist_id
    if is_other or not meet(span_of(before.starts_at, before.ends_at), span_of(after.starts_at, after.ends_at)):
        note_freed(before, freed_by=FreedBy.MOVED, at=at)


def settle_itself(appointment: Appointment, *, by: User, at: datetime) -> None:
    """Take off the list what was cut out of the calendar and has a time again."""
    take_slots(appointment, at=at)
    found = Unplaced.objects.filter(appointment=appointment)
    _close(found, UnplacedState.PLACED, by=by, at=at, placed_as=appointment)


def keep_visit(
    appointment: Appointment, *, origin: UnplacedOrigin, why: str, by: User, at: datetime
) -> Unplaced | None:
    """Keep a visit that lost its time with all that was typed for it; None when it should not be booked again.

    Runs inside the caller's action.
    """
    if origin is UnplacedOrigin.CANCELLED and not is_kept(appointment.cancel_reason):
        return None
    kept = Unplaced.objects.create(
        clinic_id=appointment.clinic_id,
        patient_id=appointment.patient_id,
        appointment=appointment,
        origin=origin,
        why=why[:200],
        dentist_id=appointment.dentist_id,
        minutes=minute_of(appointment.ends_at) - minute_of(appointment.starts_at),
        channel=appointment.channel,
        need=appointment.need,
        note=appointment.note,
        deposit_minor=appointment.deposit_minor or 0,
        since_at=at,
        created_by=by,
    )
    items = AppointmentItem.objects.filter(appointment=appointment).order_by("position", "pk")
    UnplacedItem.objects.bulk_create(
        UnplacedItem(unplaced=kept, procedure_id=item.procedure_id, teeth=item.teeth, position=item.position)
        for item in items
    )
    live.touch(appointment.clinic_id, "day")
    return kept


def give_back(appointment: Appointment, *, by: User, at: datetime) -> None:
    """Take the visit off the list: its appointment stands again. Runs inside the caller's action."""
    _close(Unplaced.objects.filter(appointment=appointment), UnplacedState.RESTORED, by=by, at=at)


def settle(appointment: Appointment, procedures: Collection[Procedure], *, by: User, at: datetime) -> None:
    """Take visits off the list that this booking makes good, and freed times that it fills. Inside the caller's action."""
    take_slots(appointment, at=at)
    keys = unplaced_of(appointment.clinic_id, appointment.patient_id)
    if not keys:
        return
    waiting = list(Unplaced.objects.filter(pk__in=keys).only("pk"))
    wanted = unplaced_procedures(waiting)
    booked = {row.pk for row in procedures}
    done = [key for key, ids in wanted.items() if settles(booked, ids)]
    _close(Unplaced.objects.filter(pk__in=done), UnplacedState.PLACED, by=by, at=at, placed_as=appointment)


def reopen(appointment: Appointment) -> bool:
    """Put visits back on the list that a booking made by mistake had settled; tell whether there were any."""
    rows = list(Unplaced.objects.filter(placed_as=appointment, state=UnplacedState.PLACED))
    for row in rows:
        _set(row, state=UnplacedState.OPEN, placed_as=None, closed_by=None, closed_at=None)
    if rows:
        live.touch(appointment.clinic_id, "day")
    return bool(rows)


def _close(found: Any, state: UnplacedState, *, by: User, at: datetime, placed_as: Appointment | None = None) -> None:
    for row in found.filter(state=UnplacedState.OPEN):
        _set(row, state=state, placed_as=placed_as, closed_by=by, closed_at=at)
        record("visit_to_place.settled", subject=row, patient_id=row.patient_id, after={"status": state.value})
        live.touch(row.clinic_id, "day")


def _set(row: Unplaced, **values: Any) -> None:
    Unplaced.objects.filter(pk=row.pk).update(version=row.version + 1, **values)

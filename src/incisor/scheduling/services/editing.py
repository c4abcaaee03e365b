"""What an appointment is for, changed: other procedures need other things, so they pass the gate again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Procedure
from incisor.kernel.spans import minute_of
from incisor.scheduling.enums import OCCUPYING, ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem
from incisor.scheduling.rules import MOVABLE, Need, need_of, occupying
from incisor.scheduling.services.changing import current_row, move_appointment, need_as_booked, write
from incisor.scheduling.services.gate import Asked, excluded, lock_together, offering_alternatives, secure
from incisor.scheduling.services.recording import note_change
from incisor.staff.models import StaffMember


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def edit_appointment(
    *,
    by: User,
    appointment: Appointment,
    need: str,
    note: str,
    procedures: Sequence[Procedure] | None = None,
    overbook_reason: str = "",
    place: tuple[StaffMember, Chair, datetime] | None = None,
    version: int | None = None,
    at: datetime,
) -> AppointmentChange:
    """Change what an appointment is for, and return the change. Its time and length stay unless place says otherwise.

    Before treatment begins, other procedures pass the gate with what they need: equipment, blocks, limits, buffers. What
    stood against the appointment before is no reason. place: dentist, chair and start to which it moves at once, with
    its own change after this one. overbook_reason: as for a booking. Raises SlotTaken, NotAllowed, NotMovable,
    ChangedMeanwhile.
    """
    current = current_row(appointment, version)
    values: dict[str, Any] = {"need": need, "note": note}
    before: dict[str, Any] = {"need": current.need, "note_changed": False}
    after: dict[str, Any] = {"need": need, "note_changed": note != current.note}
    asked = None
    if place is not None:  # everybody first, the appointment's own row after them
        people = [place[0], *([current.assistant] if current.assistant else [])]
        lock_together(current.clinic, dentists=people, chairs=[place[1]], patients=[current.patient])
    if procedures is not None:
        items = (
            AppointmentItem.objects.filter(appointment=current).select_related("procedure").order_by("position", "pk")
        )
        rows = [item.procedure for item in items]
        before["procedures"] = [row.code for row in rows]
        after["procedures"] = [procedure.code for procedure in procedures]
        if before["procedures"] != after["procedures"]:
            asked = _asked(current, rows, procedures, at)
            if place is None and asked.need != asked.stood and current.status in MOVABLE & OCCUPYING:
                values |= _secured(asked, current, by=by, overbook_reason=overbook_reason)
            items.delete()
            AppointmentItem.objects.bulk_create(
                AppointmentItem(appointment=current, procedure=procedure, position=position)
                for position, procedure in enumerate(procedures)
            )
    if asked is None:
        write(current, **values)
    else:
        with excluded(asked):
            write(current, **values)
    change = note_change(
        current, "appointment.edited", kind=ChangeKind.EDITED, by=by, at=at, before=before, after=after,
        reason=overbook_reason if "accepted" in values else "",
    )  # fmt: skip
    if place is not None:
        dentist, chair, starts_at = place
        busy = asked.need.busy if asked is not None else None
        change = move_appointment(
            by=by, appointment=current, starts_at=starts_at, dentist=dentist, chair=chair, busy=busy, at=at
        )
    return change


def _asked(current: Appointment, rows: Sequence[Procedure], procedures: Sequence[Procedure], at: datetime) -> Asked:
    """The same time and place for other procedures."""
    stood = need_as_booked(current)
    return Asked(
        clinic=current.clinic,
        patient=current.patient,
        dentist=current.dentist,
        chair=current.chair,
        starts_at=current.starts_at,
        need=_need(current, stood, rows, procedures),
        at=at,
        besides=current,
        assistant=current.assistant,
        may_be_past=True,
        stood=stood,
    )


def _need(current: Appointment, stood: Need, rows: Sequence[Procedure], procedures: Sequence[Procedure]) -> Need:
    """Keep the length, and a time pattern of the appointment's own; the usual one becomes that of the new procedures."""
    minutes = minute_of(current.ends_at) - minute_of(current.starts_at)
    is_usual = stood.busy == need_of(rows, minutes=minutes).busy
    return need_of(procedures, minutes=minutes, busy=None if is_usual else stood.busy)


def _secured(asked: Asked, current: Appointment, *, by: User, overbook_reason: str) -> dict[str, Any]:
    """Pass the gate, and return what the appointment takes up now and what was accepted for it."""
    place = secure(asked, by=by, overbook_reason=overbook_reason)
    values = occupying(current.starts_at, asked.need)
    if place.overbooks:
        accepted = sorted({*current.accepted, *place.accepted})
        values |= {"is_overbooked": True, "overbook_reason": overbook_reason, "accepted": accepted}
    return values

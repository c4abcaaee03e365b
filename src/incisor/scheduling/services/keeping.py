"""An appointment's own ways: another time pattern, another assistant, kept although it no longer fits."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.kernel.errors import Refused
from incisor.scheduling.enums import ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.scheduling.queries import affected_reasons
from incisor.scheduling.rules import MOVABLE
from incisor.scheduling.services.changing import NotMovable, current_row, move_appointment, need_as_booked, write
from incisor.scheduling.services.gate import Asked, excluded, offering_alternatives, secure
from incisor.scheduling.services.recording import facts_of, note_change
from incisor.staff.models import StaffMember


class NothingToKeep(Refused):
    """The appointment fits: there is nothing to accept."""

    code = "nothing_to_keep"


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def set_time_pattern(
    *,
    by: User,
    appointment: Appointment,
    busy: Sequence[Sequence[int]],
    overbook_reason: str = "",
    version: int | None = None,
    at: datetime,
) -> AppointmentChange:
    """Say when the dentist's own hands are needed in this appointment; empty for all the time. Through the gate.

    busy: pairs [from, to) of minutes after the start, on the grid of five. Raises SlotTaken, NotMovable.
    """
    return move_appointment(
        by=by,
        appointment=appointment,
        starts_at=appointment.starts_at,
        dentist=appointment.dentist,
        chair=appointment.chair,
        busy=busy,
        overbook_reason=overbook_reason,
        version=version,
        at=at,
    )


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def assign_assistant(
    *,
    by: User,
    appointment: Appointment,
    assistant: StaffMember | None,
    overbook_reason: str = "",
    version: int | None = None,
    at: datetime,
) -> AppointmentChange:
    """Give an appointment an assistant, another one or none. Through the gate. Raises SlotTaken, NotMovable."""
    current = current_row(appointment, version)
    if current.status not in MOVABLE:
        raise NotMovable(
            _("This appointment is %(status)s; only an expected one can be changed.")
            % {"status": current.get_status_display()}
        )
    asked = Asked(
        clinic=current.clinic,
        patient=current.patient,
        dentist=current.dentist,
        chair=current.chair,
        starts_at=current.starts_at,
        need=need_as_booked(current),
        at=at,
        besides=current,
        assistant=assistant,
        may_be_past=True,
    )
    before = facts_of(current)
    values = {"accepted": current.accepted, "overbook_reason": current.overbook_reason}
    if assistant is not None:
        place = secure(asked, by=by, overbook_reason=overbook_reason or current.overbook_reason)
        reason = (overbook_reason or current.overbook_reason) if place.overbooks else ""
        values = {"accepted": place.accepted, "overbook_reason": reason}
    with excluded(asked):
        write(current, assistant=assistant, is_overbooked=bool(values["accepted"]), **values)
    return note_change(
        current, "appointment.assistant_changed", kind=ChangeKind.EDITED, by=by, at=at, before=before,
        after=facts_of(current), reason=overbook_reason,
    )  # fmt: skip


@action(Permission.APPOINTMENT_OVERBOOK)
def keep_appointment(
    *, by: User, appointment: Appointment, reason: str, version: int | None = None, at: datetime
) -> AppointmentChange:
    """Keep an appointment that no longer fits, with the reason: it leaves the worklist. Raises NothingToKeep."""
    current = current_row(appointment, version)
    found = affected_reasons(current.clinic, min(at, current.starts_at), staff=current.dentist).get(current.pk)
    if not found:
        raise NothingToKeep(_("This appointment fits where it is. There is nothing to accept."))
    accepted = sorted({*current.accepted, *(row.kind.value for row in found)})
    before = {"accepted": current.accepted}
    write(current, is_overbooked=True, overbook_reason=reason[:200], accepted=accepted)
    return note_change(
        current, "appointment.kept", kind=ChangeKind.KEPT, by=by, at=at, before=before,
        after={"accepted": accepted}, reason=reason,
    )  # fmt: skip

"""Finding another time for visits that lost theirs: cut out of the calendar, booked again, given up."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair
from incisor.kernel import events, live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.scheduling.enums import (
    AppointmentStatus,
    ContactOutcome,
    GiveUpReason,
    UnplacedState,
)
from incisor.scheduling.events import AppointmentUnplaced
from incisor.scheduling.models import Appointment, AppointmentChange, SeriesVisit, Unplaced, UnplacedItem
from incisor.scheduling.services.booking import book_appointment
from incisor.scheduling.services.changing import move_appointment, to_status
from incisor.scheduling.services.gate import offering_alternatives
from incisor.staff.models import StaffMember


class AlreadySettled(Refused):
    """The visit was booked again or given up already."""

    code = "already_settled"


@action(Permission.APPOINTMENT_BOOK)
def unplace_appointment(
    *, by: User, appointment: Appointment, note: str = "", version: int | None = None, at: datetime
) -> AppointmentChange:
    """Cut an appointment out of the calendar: its time is free, the visit waits to be placed. Returns the change.

    Undone like any change. Raises WrongStatus, ChangedMeanwhile.
    """
    change = to_status(
        appointment, AppointmentStatus.RESCHEDULED, by=by, at=at, reason=note, what="appointment.unplaced",
        version=version,
    )  # fmt: skip
    events.publish(
        AppointmentUnplaced(
            clinic_id=appointment.clinic_id, appointment_id=appointment.pk, patient_id=appointment.patient_id, at=at
        )
    )
    return change


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def place_unplaced(
    *,
    by: User,
    unplaced: Unplaced,
    starts_at: datetime,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    minutes: int | None = None,
    overbook_reason: str = "",
    request_key: str = "",
    at: datetime,
) -> Appointment:
    """Book a visit again with all that was typed for it; returns the appointment.

    What was cut out of the calendar keeps its row: a move is a move. What was cancelled or missed becomes a new
    appointment that names the old one. Raises AlreadySettled, SlotTaken.
    """
    current = _open(unplaced)
    minutes = minutes or current.minutes
    old = current.appointment
    if old is not None and old.status == AppointmentStatus.RESCHEDULED:
        change = move_appointment(
            by=by, appointment=old, starts_at=starts_at, dentist=dentist, chair=chair, minutes=minutes,
            overbook_reason=overbook_reason, at=at,
        )  # fmt: skip
        placed = change.appointment
    else:
        items = UnplacedItem.objects.filter(unplaced=current).select_related("procedure").order_by("position", "pk")
        placed = book_appointment(
            by=by, clinic=current.clinic, patient=current.patient, dentist=dentist, chair=chair, starts_at=starts_at,
            minutes=minutes, procedures=[item.procedure for item in items], channel=current.channel,
            need=current.need, note=current.note, overbook_reason=overbook_reason, request_key=request_key, at=at,
        )  # fmt: skip
        SeriesVisit.objects.filter(pk=current.series_visit_id).update(appointment=placed)  # type: ignore[misc]
        if old is not None:
            SeriesVisit.objects.filter(appointment=old).update(appointment=placed)
            Appointment.objects.filter(pk=placed.pk).update(moved_from=old)
    if Unplaced.objects.filter(pk=current.pk, state=UnplacedState.OPEN).exists():  # else the booking settled it
        _close(current, by=by, at=at, state=UnplacedState.PLACED, placed_as=placed)
        record("visit_to_place.settled", subject=current, patient_id=current.patient_id, after={"status": "placed"})
    return placed


@action(Permission.APPOINTMENT_BOOK)
def give_up_unplaced(*, by: User, unplaced: Unplaced, reason: str, at: datetime) -> None:
    """Take a visit off the list for good, with the reason. Raises AlreadySettled."""
    current, chosen = _open(unplaced), GiveUpReason(reason)
    _close(current, by=by, at=at, state=UnplacedState.GIVEN_UP, give_up_reason=chosen)
    record(
        "visit_to_place.given_up", subject=current, patient_id=current.patient_id, before={"status": "open"},
        after={"status": "given_up", "reason": chosen.value},
    )  # fmt: skip
    live.touch(current.clinic_id, "day")


@action(Permission.APPOINTMENT_BOOK)
def take_up_unplaced(*, by: User, unplaced: Unplaced, at: datetime) -> None:
    """Put a visit that was given up back on the list. Raises AlreadySettled."""
    again = Unplaced.objects.filter(appointment__isnull=False, appointment=unplaced.appointment_id)
    if again.filter(state=UnplacedState.OPEN).exists() or not Unplaced.objects.filter(
        pk=unplaced.pk, state=UnplacedState.GIVEN_UP
    ).update(state=UnplacedState.OPEN, give_up_reason="", closed_at=None, closed_by=None, version=F("version") + 1):
        raise AlreadySettled(_("This visit is not given up any more. The list shows its state."))
    record(
        "visit_to_place.taken_up", subject=unplaced, patient_id=unplaced.patient_id, before={"status": "given_up"},
        after={"status": "open"},
    )  # fmt: skip
    live.touch(unplaced.clinic_id, "day")


@action(Permission.APPOINTMENT_BOOK)
def note_contact(*, by: User, unplaced: Unplaced, outcome: str, at: datetime) -> None:
    """Note a try to reach the patient about another time. Raises AlreadySettled."""
    current, chosen = _open(unplaced), ContactOutcome(outcome)
    Unplaced.objects.filter(pk=current.pk).update(
        contact_count=F("contact_count") + 1, contacted_at=at, contact_outcome=chosen, version=F("version") + 1
    )
    record("visit_to_place.contacted", subject=current, patient_id=current.patient_id, after={"outcome": chosen.value})
    live.touch(current.clinic_id, "day")


def _open(unplaced: Unplaced) -> Unplaced:
    current = Unplaced.objects.select_related("clinic", "patient", "appointment").get(pk=unplaced.pk)
    if current.state != UnplacedState.OPEN:
        raise AlreadySettled(_("This visit is not waiting for a time any more. The list shows its state."))
    return current


def _close(current: Unplaced, *, by: User, at: datetime, **values: object) -> None:
    """Compare and set."""
    same = Unplaced.objects.filter(pk=current.pk, version=current.version)
    if not same.update(closed_by=by, closed_at=at, version=F("version") + 1, **values):
        raise ChangedMeanwhile(_("Somebody else has just changed this visit. Look at the list again, then decide."))

"""Holds: a time kept free while somebody is still typing, or thinking about an offer. They end by themselves."""

from datetime import datetime, timedelta
from typing import Any

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel import live
from incisor.patients.models import Patient
from incisor.scheduling.enums import HoldPurpose
from incisor.scheduling.models import Appointment, Hold
from incisor.scheduling.queries import booking_rules
from incisor.scheduling.rules import Need, occupying
from incisor.scheduling.services.gate import Asked, offering_alternatives, secure
from incisor.staff.models import StaffMember


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def hold_slot(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient | None = None,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    assistant: StaffMember | None = None,
    starts_at: datetime,
    need: Need,
    lasts: timedelta | None = None,
    purpose: str = HoldPurpose.FORM,
    label: str = "",
    instead_of: Hold | None = None,
    at: datetime,
) -> Hold:
    """Keep a time free for a while, through the same gate as a booking, and return the hold.

    lasts: None for the clinic's usual time. dentist, chair: None lets the gate choose. label: for whom, while the
    patient is unknown. instead_of: an earlier hold that ends with this one. `book_appointment(hold=…)` books it; whoever
    refers to a hold does so with SET_NULL, for ended ones are cleared away. Raises SlotTaken, NobodyFree.
    """
    asked = Asked(
        clinic=clinic,
        patient=patient,
        dentist=dentist,
        chair=chair,
        starts_at=starts_at,
        need=need,
        at=at,
        hold=instead_of,
        assistant=assistant,
    )
    place = secure(asked, by=by)
    if instead_of is not None:
        _end(instead_of, at)
    hold = Hold.objects.create(
        clinic=clinic,
        patient=patient,
        dentist=place.dentist,
        chair=place.chair,
        assistant=assistant,
        purpose=HoldPurpose(purpose),
        label=label[:80],
        expires_at=at + (lasts or timedelta(minutes=booking_rules(clinic).hold_minutes)),
        created_by=by,
        created_at=at,
        **occupying(starts_at, need),
    )
    live.touch(clinic.pk, "day")
    return hold


@action(Permission.APPOINTMENT_BOOK)
def release_hold(*, by: User, hold: Hold, at: datetime) -> None:
    """Give a held time back before it ends by itself. One that has ended already stays as it is."""
    if _end(hold, at):
        live.touch(hold.clinic_id, "day")


def take_up(hold: Hold, appointment: Appointment, at: datetime) -> None:
    """End the hold with the booking that it was kept for; in the booking's own transaction, behind the gate."""
    _end(hold, at, appointment=appointment)


def _end(hold: Hold, at: datetime, **values: Any) -> bool:
    return bool(Hold.objects.filter(pk=hold.pk, ended_at=None).update(ended_at=at, **values))

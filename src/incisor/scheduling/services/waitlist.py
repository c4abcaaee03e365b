"""Who waits for an earlier time: entered, taken off, and the clinic's rules for offers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients.models import Patient
from incisor.scheduling.enums import (
    EXPECTED,
    LeaveReason,
    OfferChannel,
    OfferState,
    WishPriority,
    WishState,
)
from incisor.scheduling.models import Appointment, SlotOffer, WaitlistItem, WaitlistRules, WaitlistWish
from incisor.scheduling.rules import Filter
from incisor.scheduling.services.gaps import withdraw_offer
from incisor.staff.models import StaffMember


class WaitsAlready(Refused):
    """The appointment stands on the waitlist, or cannot be moved any more."""

    code = "waits_already"


@action(Permission.APPOINTMENT_BOOK)
def put_on_waitlist(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    appointment: Appointment | None = None,
    procedures: Sequence[Procedure],
    minutes: int,
    wanted: Filter,
    dentist: StaffMember | None = None,
    is_open_ended: bool = False,
    notice_minutes: int = 120,
    channel: str = OfferChannel.CALL,
    is_urgent: bool = False,
    need: str = "",
    note: str = "",
    at: datetime,
) -> WaitlistWish:
    """Let a patient wait for an earlier time and return the wish.

    appointment: the booking that an accepted offer moves. wanted: days, parts of the day, weekdays, specialty.
    is_open_ended: no last day. Raises WaitsAlready.
    """
    if appointment is not None and appointment.status not in EXPECTED:
        raise WaitsAlready(_("Only an appointment that is still to come can wait for an earlier time."))
    try:
        with transaction.atomic():
            made = WaitlistWish.objects.create(
                clinic=clinic,
                patient=patient,
                appointment=appointment,
                dentist=dentist,
                specialty=wanted.specialty,
                minutes=minutes,
                need=need,
                note=note,
                first_on=wanted.first,
                until_on=None if is_open_ended else wanted.last,
                weekdays=[*wanted.weekdays, *((5, 6) if wanted.is_weekend and not wanted.weekdays else ())],
                parts=[list(part) for part in wanted.parts],
                notice_minutes=notice_minutes,
                channel=OfferChannel(channel),
                priority=WishPriority.URGENT if is_urgent or wanted.is_urgent else WishPriority.NORMAL,
                created_by=by,
                created_at=at,
            )
    except IntegrityError as failure:
        raise WaitsAlready(_("This appointment stands on the waitlist already.")) from failure
    WaitlistItem.objects.bulk_create(
        WaitlistItem(wish=made, procedure=procedure, position=position) for position, procedure in enumerate(procedures)
    )
    record(
        "waitlist.entered", subject=made, patient_id=patient.pk,
        after={"procedures": [row.code for row in procedures], "minutes": minutes, "dentist": dentist.name if dentist else ""},
    )  # fmt: skip
    live.touch(clinic.pk, "day")
    return made


@action(Permission.APPOINTMENT_BOOK)
def leave_waitlist(*, by: User, wish: WaitlistWish, reason: str, at: datetime) -> None:
    """Take a wish off the list, with what is offered just now. Raises ChangedMeanwhile."""
    chosen = LeaveReason(reason)
    mine = WaitlistWish.objects.filter(pk=wish.pk, state=WishState.WAITING)
    if not mine.update(state=WishState.LEFT, leave_reason=chosen, closed_at=at, version=F("version") + 1):
        raise ChangedMeanwhile(_("This wish is not waiting any more. The list shows its state."))
    for offer in SlotOffer.objects.filter(wish=wish, state=OfferState.OPEN).select_related("hold", "wish", "clinic"):
        withdraw_offer(offer, by=by, at=at)
    record(
        "waitlist.left", subject=wish, patient_id=wish.patient_id, before={"status": "waiting"},
        after={"status": "left", "reason": chosen.value},
    )  # fmt: skip
    live.touch(wish.clinic_id, "day")


@action(Permission.APPOINTMENT_BOOK)
def return_to_waitlist(*, by: User, wish: WaitlistWish, at: datetime) -> None:
    """Put a wish that was taken off back where it stood. Raises ChangedMeanwhile, WaitsAlready."""
    mine = WaitlistWish.objects.filter(pk=wish.pk, state=WishState.LEFT)
    try:
        with transaction.atomic():
            is_back = mine.update(state=WishState.WAITING, leave_reason="", closed_at=None, version=F("version") + 1)
    except IntegrityError as failure:
        raise WaitsAlready(_("This appointment stands on the waitlist already.")) from failure
    if not is_back:
        raise ChangedMeanwhile(_("This wish was not taken off, or is back already. The list shows its state."))
    record(
        "waitlist.returned", subject=wish, patient_id=wish.patient_id, before={"status": "left"},
        after={"status": "waiting"},
    )  # fmt: skip
    live.touch(wish.clinic_id, "day")


@action(Permission.CLINIC_EDIT)
def change_waitlist_rules(
    *,
    by: User,
    clinic: Clinic,
    is_automatic: bool,
    answer_minutes: int,
    near_answer_minutes: int,
    least_ahead_minutes: int,
    version: int,
    at: datetime,
) -> WaitlistRules:
    """Change how the clinic offers freed times. Raises ChangedMeanwhile."""
    values = {
        "is_automatic": is_automatic,
        "answer_minutes": answer_minutes,
        "near_answer_minutes": near_answer_minutes,
        "least_ahead_minutes": least_ahead_minutes,
    }
    before = WaitlistRules.objects.filter(clinic=clinic).first()
    if before is None:
        rules = WaitlistRules.objects.create(clinic=clinic, **values)
    else:
        rules = before
        same = WaitlistRules.objects.filter(pk=before.pk, version=version)
        if not same.update(version=F("version") + 1, **values):
            raise ChangedMeanwhile(_("Somebody else changed these rules meanwhile. Compare, then save again."))
    shown = before or WaitlistRules(clinic=clinic)
    record(
        "waitlist_rules.changed", subject=rules, before={name: getattr(shown, name) for name in values}, after=values
    )
    return rules

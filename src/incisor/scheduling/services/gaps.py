"""Times that came free: noted when an appointment leaves them, taken back when it returns, with their offers."""

from datetime import datetime

from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.kernel.spans import meet, minute_of, moment_of, span_of
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.services import withdraw, withdraw_links
from incisor.scheduling.enums import FreedBy, FreedState, OfferState, WishState
from incisor.scheduling.models import Appointment, FreedSlot, SlotOffer, WaitlistWish
from incisor.scheduling.queries.waitlist import open_slots_between, waitlist_rules
from incisor.scheduling.rules.waitlist import offered_part
from incisor.scheduling.services.holding import release_hold


def note_freed(before: Appointment, *, freed_by: FreedBy, at: datetime) -> FreedSlot | None:
    """Note the time that an appointment had, as far as it can still be offered; None when nothing of it can.

    before: the appointment as it stood there. Runs inside the caller's action.
    """
    rules = waitlist_rules(before.clinic)
    part = offered_part(
        span_of(before.starts_at, before.ends_at), now=minute_of(at), least_ahead=rules.least_ahead_minutes
    )
    if part is None:
        return None
    return FreedSlot.objects.create(
        clinic_id=before.clinic_id,
        dentist_id=before.dentist_id,
        chair_id=before.chair_id,
        starts_at=moment_of(part[0]),
        ends_at=moment_of(part[1]),
        freed_by=freed_by,
        appointment=before,
        freed_at=at,
    )


def take_back(appointment: Appointment, *, starts_at: datetime, ends_at: datetime, by: User, at: datetime) -> None:
    """Take back the times that this appointment left and now wants again, with what was offered of them.

    Before the gate: an offer holds the time. Runs inside the caller's action.
    """
    wanted = span_of(starts_at, ends_at)
    for slot in FreedSlot.objects.filter(appointment=appointment, state=FreedState.OPEN):
        if not meet(span_of(slot.starts_at, slot.ends_at), wanted):
            continue
        for one in SlotOffer.objects.filter(slot=slot, state=OfferState.OPEN).select_related("hold"):
            withdraw_offer(one, by=by, at=at)
        close_slot(slot, FreedState.RESTORED, at=at)


def withdraw_offer(offer: SlotOffer, *, by: User, at: datetime, state: OfferState = OfferState.WITHDRAWN) -> bool:
    """End an open offer without acceptance: its time, its message and its link too. False when it was answered already."""
    mine = SlotOffer.objects.filter(pk=offer.pk, state=OfferState.OPEN)
    if not mine.update(state=state, answered_at=at, answered_by=by):
        return False
    if offer.hold is not None:
        release_hold(by=by, hold=offer.hold, at=at)
    withdraw_message(offer, at=at)
    record(
        "waitlist.offer_ended", subject=offer, patient_id=offer.wish.patient_id, before={"status": "open"},
        after={"status": state.value},
    )  # fmt: skip
    live.touch(offer.clinic_id, "day")
    return True


def withdraw_message(offer: SlotOffer, *, at: datetime) -> None:
    """Keep the message of an offer from going out and its link from opening anything."""
    withdraw(clinic=offer.clinic, key_prefix=f"offer:{offer.pk}:")
    withdraw_links(clinic=offer.clinic, purpose=LinkPurpose.OFFER, subject_id=offer.pk, at=at)


def close_slot(slot: FreedSlot, state: FreedState, *, at: datetime) -> None:
    """End the life of a freed time."""
    FreedSlot.objects.filter(pk=slot.pk, state=FreedState.OPEN).update(state=state, closed_at=at)


def fill_slot(slot: FreedSlot, *, by: Appointment, at: datetime) -> None:
    """Note that the waitlist filled a freed time."""
    FreedSlot.objects.filter(pk=slot.pk).update(state=FreedState.FILLED, filled_by=by, closed_at=at)


def take_slots(appointment: Appointment, *, at: datetime) -> None:
    """Close the freed times in which an appointment now stands. Runs inside the caller's action."""
    mine = appointment.clinic_id, appointment.dentist_id, appointment.starts_at, appointment.ends_at
    taken = open_slots_between(*mine)
    if taken:
        FreedSlot.objects.filter(pk__in=taken, state=FreedState.OPEN).update(state=FreedState.TAKEN, closed_at=at)


def wait_again(appointment: Appointment) -> None:
    """Let whoever got this appointment from the waitlist wait again: it was taken back."""
    WaitlistWish.objects.filter(served_as=appointment, state=WishState.SERVED).update(
        state=WishState.WAITING, served_as=None, closed_at=None
    )

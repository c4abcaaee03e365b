"""Filling a time that came free from the waitlist: one after the other is asked, and the time is held meanwhile."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.clock import local
from incisor.kernel.errors import Refused
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.queries import public_address
from incisor.messaging.services import enqueue, make_link
from incisor.scheduling.enums import (
    BookingChannel,
    FreedState,
    HoldPurpose,
    OfferChannel,
    OfferState,
    WishState,
)
from incisor.scheduling.models import (
    Appointment,
    AppointmentChange,
    FreedSlot,
    SlotOffer,
    WaitlistItem,
    WaitlistWish,
)
from incisor.scheduling.queries.waitlist import fitting, waitlist_rules
from incisor.scheduling.rules import need_of
from incisor.scheduling.rules.waitlist import LATEST_ANSWER_AHEAD, answer_until
from incisor.scheduling.services.booking import book_appointment
from incisor.scheduling.services.changing import cancel_appointment, move_appointment, need_as_booked
from incisor.scheduling.services.gaps import close_slot, fill_slot, withdraw_message, withdraw_offer
from incisor.scheduling.services.gate import SlotTaken, offering_alternatives
from incisor.scheduling.services.holding import hold_slot

# A message goes out only when the toast with Undo has gone: what is sent cannot be taken back.
UNDO_LASTS = timedelta(seconds=20)


class OfferEnded(Refused):
    """The offer was answered, or its time has passed."""

    code = "offer_ended"


class NobodyToAsk(Refused):
    """Nobody on the waitlist fits the time, or all were asked."""

    code = "nobody_to_ask"


@action(Permission.APPOINTMENT_BOOK)
def offer_slot(*, by: User, slot: FreedSlot, skipped: Collection[UUID] = (), at: datetime) -> SlotOffer:
    """Offer a freed time to whose turn it is, and return the offer; the time is held until the answer.

    skipped: wishes not to be asked about this time, by decision of the desk. Raises NobodyToAsk, SlotTaken.
    """
    current = FreedSlot.objects.select_related("clinic", "dentist", "chair").get(pk=slot.pk)
    if current.state != FreedState.OPEN or current.offers.filter(state=OfferState.OPEN).exists():
        raise OfferEnded(_("This time is offered to somebody already, or not free any more."))
    for row in _fitting(current, at):
        if row.pk in skipped:
            _write(current, row, OfferState.SKIPPED, by=by, at=at, expires_at=at)
            continue
        made = _ask(current, row, by=by, at=at)
        if made is not None:
            return made
    raise NobodyToAsk(_("Nobody on the waitlist fits this time, or everybody has been asked."))


def _fitting(slot: FreedSlot, at: datetime) -> list[WaitlistWish]:
    if slot.starts_at - at <= LATEST_ANSWER_AHEAD:
        return []
    left = slot.appointment.patient_id if slot.appointment else None
    return fitting(
        slot.clinic, dentist=slot.dentist, starts_at=slot.starts_at, ends_at=slot.ends_at, at=at, besides=left
    )


def _ask(slot: FreedSlot, wish: WaitlistWish, *, by: User, at: datetime) -> SlotOffer | None:
    """Hold the time and ask; None when this one cannot have it after all."""
    rules = waitlist_rules(slot.clinic)
    until = answer_until(slot.starts_at, now=at, minutes=rules.answer_minutes, near_minutes=rules.near_answer_minutes)
    procedures = [item.procedure for item in wish.items.all()]
    need = (
        need_as_booked(wish.appointment, wish.minutes)
        if wish.appointment is not None
        else need_of(procedures, minutes=wish.minutes)
    )
    try:
        with transaction.atomic():
            hold = hold_slot(
                by=by, clinic=slot.clinic, patient=wish.patient, dentist=slot.dentist, starts_at=slot.starts_at,
                need=need, lasts=until - at, purpose=HoldPurpose.OFFER, at=at,
            )  # fmt: skip
            made = _write(slot, wish, OfferState.OPEN, by=by, at=at, expires_at=until, hold=hold)
            _tell(made, wish, at=at)
            return made
    except (SlotTaken, IntegrityError):
        return None  # a longer treatment does not fit, or somebody else was quicker


def _write(
    slot: FreedSlot, wish: WaitlistWish, state: OfferState, *, by: User, at: datetime, **values: Any
) -> SlotOffer:
    made = SlotOffer.objects.create(
        clinic=slot.clinic,
        slot=slot,
        wish=wish,
        dentist=slot.dentist,
        starts_at=slot.starts_at,
        minutes=wish.minutes,
        channel=wish.channel,
        state=state,
        offered_at=at,
        **values,
    )
    record(
        "waitlist.offered" if state is OfferState.OPEN else "waitlist.skipped", subject=made,
        patient_id=wish.patient_id, after={"starts_at": slot.starts_at.isoformat(), "dentist": slot.dentist.name},
    )  # fmt: skip
    live.touch(slot.clinic_id, "day")
    return made


def _tell(offer: SlotOffer, wish: WaitlistWish, *, at: datetime) -> None:
    """Send the offer; whoever cannot be written to is called instead."""
    if offer.channel == OfferChannel.MESSAGE:
        clinic, address = offer.clinic, public_address(offer.clinic)
        _link, path = make_link(
            clinic=clinic, purpose=LinkPurpose.OFFER, patient=wish.patient, subject_id=offer.pk,
            lasts=offer.expires_at - at, at=at,
        )  # fmt: skip
        wall = local(offer.starts_at, clinic.zone)
        with override("en" if wish.patient.language == "en" else "zh-hans"):
            day = date_format(wall, pgettext("day", "D j M"))
        message = address and enqueue(
            clinic=clinic,
            patient=wish.patient,
            template_key="waitlist_offer",
            key=f"offer:{offer.pk}:1",
            values={
                "date": day,
                "time": f"{wall:%H:%M}",
                "dentist": offer.dentist.name,
                "link": f"{address}{path}",
                "until": f"{local(offer.expires_at, clinic.zone):%H:%M}",
            },
            not_before=at + UNDO_LASTS,
            expires_at=offer.expires_at,
            at=at,
        )
        if message:
            return
        SlotOffer.objects.filter(pk=offer.pk).update(channel=OfferChannel.CALL)
        offer.channel = OfferChannel.CALL


@action(Permission.APPOINTMENT_BOOK)
def cancel_with_offer(
    *,
    by: User,
    appointment: Appointment,
    reason: str,
    note: str = "",
    version: int | None = None,
    skipped: Collection[UUID] = (),
    at: datetime,
) -> tuple[AppointmentChange, SlotOffer | None]:
    """Cancel, and offer the freed time to whose turn it is; returns the change and the offer, None when nobody fits.

    One Undo takes back both. Raises WrongStatus, ChangedMeanwhile.
    """
    change = cancel_appointment(by=by, appointment=appointment, reason=reason, note=note, version=version, at=at)
    slot = FreedSlot.objects.filter(appointment=appointment, state=FreedState.OPEN).first()
    if slot is None:
        return change, None
    try:
        return change, offer_slot(by=by, slot=slot, skipped=skipped, at=at)
    except NobodyToAsk:
        return change, None


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def accept_offer(
    *, by: User, offer: SlotOffer, channel: str = BookingChannel.PHONE, at: datetime
) -> AppointmentChange | Appointment:
    """Give the held time to who waited: the booking is moved, or made. Returns the change of a move, else the appointment.

    All in one transaction through the gate; the hold keeps the time until then. Raises OfferEnded, SlotTaken.
    """
    mine = SlotOffer.objects.filter(pk=offer.pk, state=OfferState.OPEN)
    if not mine.update(state=OfferState.ACCEPTED, answered_at=at, answered_by=by):
        raise OfferEnded(_("This offer was answered already, or its time has passed."))
    current = SlotOffer.objects.select_related(
        "clinic", "slot", "dentist", "hold", "wish__patient", "wish__appointment", "wish__clinic"
    ).get(pk=offer.pk)
    wish = current.wish
    result: AppointmentChange | Appointment
    if wish.appointment is not None:
        result = move_appointment(
            by=by, appointment=wish.appointment, starts_at=current.starts_at, dentist=current.dentist,
            chair=current.hold.chair if current.hold else None, minutes=wish.minutes, hold=current.hold, at=at,
        )  # fmt: skip
        placed = result.appointment
    else:
        items = WaitlistItem.objects.filter(wish=wish).select_related("procedure").order_by("position", "pk")
        result = placed = book_appointment(
            by=by, clinic=current.clinic, patient=wish.patient, dentist=current.dentist,
            chair=current.hold.chair if current.hold else None, starts_at=current.starts_at, minutes=wish.minutes,
            procedures=[item.procedure for item in items], channel=channel, need=wish.need, note=wish.note,
            hold=current.hold, at=at,
        )  # fmt: skip
    WaitlistWish.objects.filter(pk=wish.pk).update(state=WishState.SERVED, served_as=placed, closed_at=at)
    fill_slot(current.slot, by=placed, at=at)
    withdraw_message(current, at=at)
    record(
        "waitlist.accepted", subject=current, patient_id=wish.patient_id, before={"status": "open"},
        after={"status": "accepted"},
    )  # fmt: skip
    return result


@action(Permission.APPOINTMENT_BOOK)
def refuse_offer(*, by: User, offer: SlotOffer, is_silent: bool = False, at: datetime) -> SlotOffer | None:
    """Note that the patient does not want the time, or does not answer, and ask the next; returns the next offer.

    Who refuses keeps the place on the list and is not asked about this time again. Raises OfferEnded.
    """
    current = SlotOffer.objects.select_related("clinic", "slot", "hold", "wish").get(pk=offer.pk)
    if not withdraw_offer(current, by=by, at=at, state=OfferState.SILENT if is_silent else OfferState.REFUSED):
        raise OfferEnded(_("This offer was answered already, or its time has passed."))
    return _next(current.slot, by=by, at=at)


@action(Permission.APPOINTMENT_BOOK)
def take_back_offer(*, by: User, offer: SlotOffer, at: datetime) -> None:
    """End an offer that nobody answered yet; the time is free again and nobody else is asked. Raises OfferEnded."""
    current = SlotOffer.objects.select_related("clinic", "slot", "hold", "wish").get(pk=offer.pk)
    if not withdraw_offer(current, by=by, at=at):
        raise OfferEnded(_("This offer was answered already, or its time has passed."))
    close_slot(current.slot, FreedState.LAPSED, at=at)


def _next(slot: FreedSlot, *, by: User, at: datetime) -> SlotOffer | None:
    try:
        return offer_slot(by=by, slot=slot, at=at)
    except (NobodyToAsk, OfferEnded):
        return None


@action(Permission.APPOINTMENT_BOOK)
def pass_on_offers(*, by: User, clinic: Clinic, at: datetime) -> tuple[int, int]:
    """Close what has passed, and ask the next; returns how many offers ended and how many were made.

    For the worker, every minute. Times are offered by themselves only when the clinic wants it, a minute after they
    came free, so that whoever undoes a step at once does not collide with an offer.
    """
    ended = made = 0
    over = SlotOffer.objects.filter(clinic=clinic, state=OfferState.OPEN, expires_at__lte=at)
    for offer in over.select_related("clinic", "slot", "hold", "wish").order_by("expires_at", "pk"):
        ended += withdraw_offer(offer, by=by, at=at, state=OfferState.SILENT)
        made += _next(offer.slot, by=by, at=at) is not None
    soon = FreedSlot.objects.filter(clinic=clinic, state=FreedState.OPEN)
    for slot in soon.filter(starts_at__lte=at + LATEST_ANSWER_AHEAD).exclude(offers__state=OfferState.OPEN):
        close_slot(slot, FreedState.LAPSED, at=at)
    if waitlist_rules(clinic).is_automatic:
        fresh = soon.filter(freed_at__lte=at - timedelta(minutes=1), starts_at__gt=at + LATEST_ANSWER_AHEAD)
        for slot in fresh.exclude(offers__state=OfferState.OPEN).order_by("starts_at", "pk"):
            made += _next(slot, by=by, at=at) is not None
    WaitlistWish.objects.filter(
        clinic=clinic, state=WishState.WAITING, until_on__lt=local(at, clinic.zone).date()
    ).update(state=WishState.LAPSED, closed_at=at)
    return ended, made

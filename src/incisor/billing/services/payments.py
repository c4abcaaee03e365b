"""Payments: taken once, in several tenders, with a receipt number without gap; reversed, never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.billing.enums import BillStatus, EntryKind
from incisor.billing.events import PaymentReversed, PaymentTaken
from incisor.billing.models import Bill, LedgerEntry, Payment, Tender
from incisor.billing.queries import due_of, left_of
from incisor.billing.rules.receipts import receipt_number
from incisor.billing.rules.tenders import Laid, Part, lay
from incisor.billing.services._sheets import confirm, day_of, enter, enter_line, lock, tell_when_settled
from incisor.billing.services.bills import ReasonMissing
from incisor.clinics.models import Clinic
from incisor.kernel import events, live
from incisor.kernel.edits import locked
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.money import as_text
from incisor.kernel.numbers import next_number
from incisor.kernel.requests import remember, result_of
from incisor.scheduling import services as scheduling
from incisor.scheduling.models import Appointment


class AlreadyPaid(ChangedMeanwhile):
    """Nothing is owed any more: somebody else took the payment."""

    code = "already_paid"


class DueChanged(ChangedMeanwhile):
    """What is owed is no longer what the cashier saw."""

    code = "due_changed"


class AlreadyReversed(ChangedMeanwhile):
    """The payment was reversed before."""

    code = "already_reversed"


class DepositUsed(Refused):
    """Money that a charge sheet has used cannot be given back before it."""

    code = "deposit_used"


@action(Permission.MONEY_TAKE)
def take_payment(
    *,
    by: User,
    bill: Bill,
    tenders: Sequence[Part],
    request_key: str,
    at: datetime,
    expected_minor: int | None = None,
) -> Payment:
    """Take a payment on a bill, in one or more tenders; a draft is confirmed by it. Less than is owed is a part payment.

    tenders: as `rules.tenders.parse_line` returns them. expected_minor: what the cashier saw as owed. The same
    request_key again returns the payment that it made. Publishes PaymentTaken, and BillSettled when nothing stays owed.
    Raises AlreadyPaid, DueChanged, OverPaid, NotPriced.
    """
    bill = lock(bill)
    earlier = result_of(user_id=by.pk, key=request_key)
    if earlier is not None:
        return Payment.objects.get(pk=earlier, clinic_id=bill.clinic_id)
    if bill.status == BillStatus.DRAFT:
        confirm(bill, by=by, at=at)
    due = due_of(bill)
    if due <= 0:
        raise AlreadyPaid(
            _("Nothing is owed on this charge sheet any more; somebody else may just have taken the payment.")
        )
    if expected_minor is not None and expected_minor != due:
        raise DueChanged(
            _("Not %(seen)s but %(now)s is owed now: somebody else changed the charge sheet. Look at it again.")
            % {"seen": as_text(expected_minor), "now": as_text(due)}
        )
    laid = lay(due_minor=due, parts=tenders)
    payment = _write(bill, laid, due, by, at)
    remember(user_id=by.pk, key=request_key, action="take_payment", result_id=payment.pk, at=at)
    events.publish(
        PaymentTaken(
            clinic_id=bill.clinic_id,
            payment_id=payment.pk,
            patient_id=bill.patient_id,
            amount_minor=payment.amount_minor,
            at=at,
        )
    )
    tell_when_settled(bill, by=by, at=at)
    live.touch(bill.clinic_id, "day")
    return payment


def _write(bill: Bill, laid: Sequence[Laid], due: int, by: User, at: datetime) -> Payment:
    amount = sum(part.amount_minor for part in laid)
    payment = write_payment(
        bill.clinic, laid, patient_id=bill.patient_id, by=by, at=at, bill=bill, owed_after_minor=due - amount
    )
    enter(
        bill, kind=EntryKind.PAYMENT, amount_minor=-amount, text=payment.receipt_number, by=by, at=at, payment=payment
    )
    return payment


def write_payment(
    clinic: Clinic, laid: Sequence[Laid], *, patient_id: Any, by: User, at: datetime, **more: Any
) -> Payment:
    """Write a payment with its tenders and the next receipt number. Runs inside the action that takes the money."""
    amount = sum(part.amount_minor for part in laid)
    day = day_of(clinic, at)
    number = next_number(clinic_id=clinic.pk, series="receipt", period=str(day.year))
    payment = Payment.objects.create(
        clinic=clinic,
        patient_id=patient_id,
        receipt_number=receipt_number(clinic_code=clinic.code, year=day.year, number=number),
        amount_minor=amount,
        currency=clinic.currency,
        business_date=day,
        taken_by=by,
        taken_at=at,
        **more,
    )
    Tender.objects.bulk_create(
        Tender(
            payment=payment,
            method=part.method,
            amount_minor=part.amount_minor,
            given_minor=part.given_minor,
            change_minor=part.change_minor,
            position=position,
        )
        for position, part in enumerate(laid)
    )
    record(
        "payment.taken",
        subject=payment,
        patient_id=payment.patient_id,
        after={
            "receipt": payment.receipt_number,
            "amount_minor": amount,
            "tenders": {part.method.value: part.amount_minor for part in laid},
        },
    )
    return payment


@action(Permission.MONEY_REVERSE)
def reverse_payment(*, by: User, payment: Payment, reason: str, at: datetime) -> Payment:
    """Reverse a payment as a whole; what it paid is owed again. It stays to be seen, with the reason.

    Publishes PaymentReversed. Raises ReasonMissing, AlreadyReversed.
    """
    why = " ".join(reason.split())[:120]
    if not why:
        raise ReasonMissing(_("Say why in a few words; it is kept with your name."))
    if payment.bill is not None:
        lock(payment.bill)
    elif payment.appointment_id is None:
        raise Refused(_("This payment belongs to no charge sheet and cannot be reversed here."), code="no_bill")
    fresh = locked(payment)
    if fresh.reversed_at is not None:
        raise AlreadyReversed(_("This payment was reversed already."))
    if fresh.appointment is not None:
        _release(fresh, fresh.appointment, by=by, at=at)
    entry = LedgerEntry.objects.get(payment=fresh, kind=EntryKind.PAYMENT)
    enter_line(
        fresh.clinic, patient_id=fresh.patient_id, kind=EntryKind.REVERSAL, amount_minor=-entry.amount_minor,
        text=f"{fresh.receipt_number}: {why}", by=by, at=at, payment=fresh, reverses=entry, bill_id=fresh.bill_id,
    )  # fmt: skip
    fresh.reversed_by, fresh.reversed_at, fresh.reversal_reason = by, at, why
    fresh.save(update_fields=["reversed_by", "reversed_at", "reversal_reason"])
    record(
        "payment.reversed",
        subject=fresh,
        patient_id=fresh.patient_id,
        after={"receipt": fresh.receipt_number, "amount_minor": fresh.amount_minor, "reason": why},
    )
    events.publish(PaymentReversed(clinic_id=fresh.clinic_id, payment_id=fresh.pk, patient_id=fresh.patient_id, at=at))
    live.touch(fresh.clinic_id, "day")
    return fresh


def _release(payment: Payment, appointment: Appointment, *, by: User, at: datetime) -> None:
    """Take a deposit off its appointment. Raises DepositUsed when a bill has used some of it."""
    if left_of(payment) != payment.amount_minor:
        raise DepositUsed(_("A charge sheet has used this deposit. Reverse the charge sheet first, then the deposit."))
    scheduling.release_deposit(by=by, appointment=appointment, at=at)


@action(Permission.MONEY_SEE)
def print_receipt(*, by: User, payment: Payment, at: datetime) -> int:
    """Note that the receipt is printed; return how often it was before: each print after the first is a reprint."""
    Payment.objects.filter(pk=payment.pk).update(printed_count=F("printed_count") + 1)
    payment.refresh_from_db(fields=["printed_count"])
    record(
        "receipt.printed",
        subject=payment,
        patient_id=payment.patient_id,
        after={"receipt": payment.receipt_number, "print": payment.printed_count},
        is_look=True,
    )
    return payment.printed_count - 1

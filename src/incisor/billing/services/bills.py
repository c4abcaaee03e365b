"""Charge sheets: made from what was done, changed while a draft, confirmed into the ledger, reversed."""

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.billing.enums import BillStatus, EntryKind
from incisor.billing.models import Bill, BillLine, LedgerEntry, Payment
from incisor.billing.queries import due_of
from incisor.billing.rules.amounts import DiscountWrong, discount_of, line_price, parse_discount, spread
from incisor.billing.services._sheets import (
    changed,
    confirm,
    draft_for,
    enter,
    fit_discount,
    give_deposits_back,
    lock,
    lock_draft,
    price_of,
    tell_when_settled,
)
from incisor.clinics.models import Procedure
from incisor.kernel.errors import NotFound, Refused
from incisor.visits.models import Visit


class ReasonMissing(Refused):
    """What needs a reason was asked for without one."""

    code = "reason_missing"
    status = 422


class PaymentsStand(Refused):
    """A bill with payments cannot be reversed before they are."""

    code = "payments_stand"


def _reason(text: str) -> str:
    cleaned = " ".join(text.split())[:120]
    if not cleaned:
        raise ReasonMissing(_("Say why in a few words; it is kept with your name."))
    return cleaned


@action(Permission.MONEY_TAKE)
def bill_for_visit(*, by: User, visit: Visit, at: datetime) -> Bill:
    """Return the visit's bill, made from the procedures done at the prices of the visit's business date.

    Called again it brings a draft up to date and leaves a confirmed one alone.
    """
    return draft_for(visit, by_id=by.pk, at=at)


def _open_line(line: BillLine) -> tuple[Bill, BillLine]:
    """Lock the line's bill and return both as they are now. Raises SheetLocked, NotFound."""
    bill = lock_draft(line.bill)
    fresh = BillLine.objects.filter(pk=line.pk, bill=bill).select_related("procedure").first()
    if fresh is None:
        raise NotFound(_("This item is no longer on the charge sheet: the note has changed."))
    return bill, fresh


def _values(line: BillLine) -> dict[str, Any]:
    return {
        "quantity": line.quantity,
        "unit_minor": line.unit_minor,
        "discount_minor": line.discount_minor,
        "discount_reason": line.discount_reason,
        "is_removed": line.is_removed,
    }


def _write(bill: Bill, line: BillLine, before: dict[str, Any], what: str) -> None:
    line.save()
    record(what, subject=line, patient_id=bill.patient_id, before=before, after=_values(line))
    changed(bill)


@action(Permission.MONEY_TAKE)
def add_item(
    *,
    by: User,
    bill: Bill,
    at: datetime,
    procedure: Procedure | None = None,
    text: str = "",
    unit_minor: int | None = None,
    quantity: int = 1,
) -> BillLine:
    """Add an item: a procedure at its list price, or something else with text and price.

    Raises SheetLocked, NotPriced, QuantityWrong, AmountTooLarge, ReasonMissing.
    """
    bill = lock_draft(bill)
    if procedure is not None:
        text, unit_minor = procedure.name_zh, price_of(bill.clinic, procedure, bill.business_date)
    text = _reason(text)
    if unit_minor is None or unit_minor < 0:
        raise ReasonMissing(_("Say what one of it costs."))
    line_price(unit_minor=unit_minor, quantity=quantity)
    last = BillLine.objects.filter(bill=bill).aggregate(last=Max("position"))["last"]
    line = BillLine.objects.create(
        bill=bill,
        procedure=procedure,
        text=text,
        quantity=quantity,
        unit_minor=unit_minor,
        position=0 if last is None else last + 1,
    )
    record(
        "bill.item_added",
        subject=line,
        patient_id=bill.patient_id,
        after={"item": text, "unit_minor": unit_minor, "quantity": quantity},
    )
    changed(bill)
    return line


@action(Permission.MONEY_TAKE)
def change_line(
    *, by: User, bill: Bill, line: BillLine, at: datetime, quantity: int, unit_minor: int | None = None
) -> BillLine:
    """Change an item's quantity; its price only where the price list has none, otherwise that is a discount.

    Raises SheetLocked, QuantityWrong, AmountTooLarge, DiscountWrong.
    """
    bill, line = _open_line(line)
    before = _values(line)
    if unit_minor is not None and unit_minor >= 0 and (line.is_unpriced or line.procedure_id is None):
        line.unit_minor, line.is_unpriced = unit_minor, False
    line.quantity = quantity
    price = line_price(unit_minor=line.unit_minor, quantity=quantity)
    if not line.discount_basis_points and line.discount_minor > price:
        raise DiscountWrong(_("The discount would be more than the price. Take the discount back first."))
    fit_discount(line)
    _write(bill, line, before, "bill.line_changed")
    return line


@action(Permission.MONEY_TAKE)
def remove_line(*, by: User, bill: Bill, line: BillLine, at: datetime) -> None:
    """Take an item off the draft; it stays to be seen and can be put back. Raises SheetLocked."""
    bill, line = _open_line(line)
    before = _values(line)
    line.is_removed = True
    _write(bill, line, before, "bill.line_removed")


@action(Permission.MONEY_TAKE)
def restore_line(*, by: User, bill: Bill, line: BillLine, at: datetime) -> None:
    """Put an item back that was taken off. Raises SheetLocked."""
    bill, line = _open_line(line)
    before = _values(line)
    line.is_removed = False
    _write(bill, line, before, "bill.line_restored")


@action(Permission.MONEY_DISCOUNT)
def discount_line(*, by: User, bill: Bill, line: BillLine, discount: str, reason: str, at: datetime) -> BillLine:
    """Give a discount on one item, in place of the one before; an empty one takes it back.

    discount: as typed, "10%", "8.5折", "50". Raises DiscountWrong, ReasonMissing, SheetLocked.
    """
    bill, line = _open_line(line)
    before = _values(line)
    wanted = parse_discount(discount)
    line.discount_minor = discount_of(price_minor=line.price_minor, discount=wanted)
    line.discount_basis_points = wanted.basis_points
    line.discount_reason = _reason(reason) if line.discount_minor else ""
    line.discount_by = by if line.discount_minor else None
    _write(bill, line, before, "bill.discounted")
    return line


@action(Permission.MONEY_DISCOUNT)
def discount_bill(*, by: User, bill: Bill, discount: str, reason: str, at: datetime) -> Bill:
    """Give a discount on the whole sheet, spread over its items in proportion, in place of those before.

    Raises DiscountWrong, ReasonMissing, SheetLocked.
    """
    bill = lock_draft(bill)
    lines = list(BillLine.objects.filter(bill=bill, is_removed=False).order_by("position", "pk"))
    prices = [line.price_minor for line in lines]
    total = discount_of(price_minor=sum(prices), discount=parse_discount(discount))
    why = _reason(reason) if total else ""
    for line, part in zip(lines, spread(total_minor=total, over=prices), strict=True):
        line.discount_minor, line.discount_basis_points = part, 0
        line.discount_reason, line.discount_by = (why, by) if part else ("", None)
        line.save()
    record("bill.discounted", subject=bill, patient_id=bill.patient_id, after={"discount_minor": total, "reason": why})
    changed(bill)
    return bill


@action(Permission.MONEY_TAKE)
def confirm_bill(*, by: User, bill: Bill, at: datetime, version: int | None = None) -> Bill:
    """Put the bill into the ledger; from now on it can only be reversed. One that is there already is left alone.

    version: what the person saw. Publishes BillSettled when there is nothing to pay. Raises SheetChanged, NotPriced.
    """
    fresh = lock(bill)
    if fresh.status == BillStatus.CONFIRMED:
        return fresh
    fresh = lock_draft(bill, version=version)
    confirm(fresh, by=by, at=at)
    tell_when_settled(fresh, by=by, at=at)
    return fresh


@action(Permission.MONEY_TAKE)
def leave_open(*, by: User, bill: Bill, reason: str, at: datetime) -> Bill:
    """Let the patient go with something owed, and say why; the visit is closed on this.

    A draft is confirmed by it. Publishes BillSettled. Raises ReasonMissing, NotPriced, SheetLocked.
    """
    why = _reason(reason)
    fresh = lock(bill)
    if fresh.status == BillStatus.DRAFT:
        confirm(fresh, by=by, at=at)
    elif fresh.status == BillStatus.VOID:
        fresh = lock_draft(bill)
    fresh.left_open_reason = why
    fresh.save(update_fields=["left_open_reason"])
    record(
        "bill.left_open",
        subject=fresh,
        patient_id=fresh.patient_id,
        after={"reason": why, "owed_minor": due_of(fresh)},
    )
    tell_when_settled(fresh, by=by, at=at, reason=why)
    changed(fresh)
    return fresh


@action(Permission.MONEY_REVERSE)
def void_bill(*, by: User, bill: Bill, reason: str, at: datetime) -> Bill:
    """Take a confirmed bill out of the account: each of its entries is reversed, nothing is deleted.

    The visit can be charged anew. Raises ReasonMissing, PaymentsStand, SheetLocked.
    """
    why = _reason(reason)
    fresh = lock(bill)
    if fresh.status != BillStatus.CONFIRMED:
        raise Refused(_("Only a confirmed charge sheet can be reversed."), code="not_confirmed")
    if Payment.objects.filter(bill=fresh, reversed_at=None).exists():
        raise PaymentsStand(_("Payments stand on this charge sheet. Reverse them first, then the charge sheet."))
    entries = LedgerEntry.objects.filter(bill=fresh, kind__in=[EntryKind.CHARGE, EntryKind.DISCOUNT]).order_by("pk")
    for entry in entries:
        enter(
            fresh, kind=EntryKind.REVERSAL, amount_minor=-entry.amount_minor, text=why, by=by, at=at, reverses=entry,
            line_id=entry.line_id,
        )  # fmt: skip
    give_deposits_back(fresh, by=by, at=at)
    fresh.status, fresh.voided_by, fresh.voided_at, fresh.void_reason = BillStatus.VOID, by, at, why
    fresh.save(update_fields=["status", "voided_by", "voided_at", "void_reason"])
    record(
        "bill.voided",
        subject=fresh,
        patient_id=fresh.patient_id,
        before={"status": BillStatus.CONFIRMED.value, "reason": ""},
        after={"status": BillStatus.VOID.value, "reason": why},
    )
    changed(fresh)
    return fresh

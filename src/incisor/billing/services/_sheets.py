"""What every change of a charge sheet begins and ends with. Not services: they run inside one."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from incisor.audit.services import record
from incisor.billing.enums import BillStatus, EntryKind
from incisor.billing.events import BillSettled
from incisor.billing.models import Bill, BillLine, LedgerEntry, Payment
from incisor.billing.queries import bill_of_visit, deposits_for, due_of, plan_of, price_on, prices_on
from incisor.billing.rules.amounts import Discount, discount_of, line_price
from incisor.billing.rules.deposits import Place, lay_deposits
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel import events, live
from incisor.kernel.clock import business_date
from incisor.kernel.edits import locked
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.visits.models import Visit


class SheetLocked(ChangedMeanwhile):
    """The charge sheet was confirmed and can only be reversed."""

    code = "sheet_locked"


class SheetChanged(ChangedMeanwhile):
    """Another cashier changed the charge sheet first."""

    code = "sheet_changed"


class NotPriced(Refused):
    """An item has no price."""

    code = "not_priced"


def day_of(clinic: Clinic, at: datetime) -> date:
    """Return the clinic's business date of the moment."""
    return business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)


def lock(bill: Bill) -> Bill:
    """Return the bill as it is now; its visit's and its own row are locked, in this order, until the end."""
    if bill.visit_id is not None:
        Visit.objects.select_for_update().filter(pk=bill.visit_id).first()
    return locked(bill)


def lock_draft(bill: Bill, *, version: int | None = None) -> Bill:
    """Return the locked draft. Raises SheetLocked, SheetChanged. version: what the person saw."""
    fresh = lock(bill)
    if fresh.status != BillStatus.DRAFT:
        raise SheetLocked(_("This charge sheet is confirmed and cannot be changed. Reverse it to charge anew."))
    if version is not None and fresh.version != version:
        raise SheetChanged(_("Somebody else changed this charge sheet just now. Look at it again."))
    return fresh


def changed(bill: Bill) -> None:
    """Count the sheet's version up and tell open pages."""
    Bill.objects.filter(pk=bill.pk).update(version=F("version") + 1)
    bill.version += 1
    live.touch(bill.clinic_id, "day")


def draft_for(visit: Visit, *, by_id: uuid.UUID, at: datetime) -> Bill:
    """Return the visit's bill; a draft is made, or brought up to what the note says was done."""
    Visit.objects.select_for_update().filter(pk=visit.pk).first()
    bill = bill_of_visit(visit.clinic, visit)
    if bill is None:
        bill = Bill.objects.create(
            clinic=visit.clinic,
            patient_id=visit.patient_id,
            visit=visit,
            currency=visit.clinic.currency,
            business_date=visit.business_date,
            created_by_id=by_id,
            created_at=at,
        )
        record("bill.drafted", subject=bill, patient_id=bill.patient_id, after={"visit": str(visit.pk)})
        _refresh(bill, visit, [])
        live.touch(visit.clinic_id, "day")
    elif bill.status == BillStatus.DRAFT:
        bill = locked(bill)
        rows = list(BillLine.objects.filter(bill=bill).order_by("position", "pk"))
        if _refresh(bill, visit, rows):
            changed(bill)
    return bill


def _refresh(bill: Bill, visit: Visit, rows: list[BillLine]) -> bool:
    """Bring the draft's lines up to the note; tell whether anything changed. A share of a price is taken anew."""
    todo = plan_of(visit, rows)
    if not todo:
        return False
    prices = prices_on(visit.clinic, visit.business_date)
    by_key = {row.pk: row for row in rows}
    BillLine.objects.filter(pk__in=[line.id for line in todo.leavers]).delete()
    for line, done in todo.changes:
        row = by_key[line.id]
        row.treatment_id, row.teeth = done.id, list(done.teeth)
        if row.done_quantity != done.quantity:
            row.quantity = row.done_quantity = done.quantity
        if row.procedure_id != done.procedure_id or row.is_unpriced:
            named = Procedure.objects.get(pk=done.procedure_id)
            row.procedure, row.text = named, named.name_zh
            row.unit_minor, row.is_unpriced = prices.get(named.pk, 0), named.pk not in prices
        fit_discount(row)
        row.save()
    names = {
        one.pk: one.name_zh for one in Procedure.objects.filter(pk__in=[one.procedure_id for one in todo.additions])
    }
    last = max((row.position for row in rows), default=-1)
    BillLine.objects.bulk_create(
        BillLine(
            bill=bill,
            procedure_id=done.procedure_id,
            treatment_id=done.id,
            text=names[done.procedure_id],
            teeth=list(done.teeth),
            quantity=done.quantity,
            done_quantity=done.quantity,
            unit_minor=prices.get(done.procedure_id, 0),
            is_unpriced=done.procedure_id not in prices,
            position=last + offset,
        )
        for offset, done in enumerate(todo.additions, start=1)
    )
    record(
        "bill.follows_note",
        subject=bill,
        patient_id=bill.patient_id,
        after={"added": len(todo.additions), "changed": len(todo.changes), "removed": len(todo.leavers)},
    )
    return True


def fit_discount(row: BillLine) -> None:
    """Take a share anew from the line's price; cut an amount that is more than the price now."""
    price = line_price(unit_minor=row.unit_minor, quantity=row.quantity)
    if row.discount_basis_points:
        row.discount_minor = discount_of(price_minor=price, discount=Discount(0, row.discount_basis_points))
    row.discount_minor = min(row.discount_minor, price)


def price_of(clinic: Clinic, procedure: Procedure, day: date) -> int:
    """Return the procedure's price on that day. Raises NotPriced."""
    found = price_on(clinic, procedure, day)
    if found is None:
        raise NotPriced(
            _("“%(item)s” has no price on that day. Put it on the price list first.") % {"item": procedure.name_zh}
        )
    return found


def enter(
    bill: Bill, *, kind: EntryKind, amount_minor: int, text: str, by: Any, at: datetime, **more: Any
) -> LedgerEntry:
    """Write one line of the ledger for a bill."""
    return enter_line(
        bill.clinic, patient_id=bill.patient_id, kind=kind, amount_minor=amount_minor, text=text, by=by, at=at,
        bill=bill, **more,
    )  # fmt: skip


def enter_line(
    clinic: Clinic,
    *,
    patient_id: Any,
    kind: EntryKind,
    amount_minor: int,
    text: str,
    by: Any,
    at: datetime,
    **more: Any,
) -> LedgerEntry:
    """Write one line of the ledger."""
    return LedgerEntry.objects.create(
        clinic=clinic,
        patient_id=patient_id,
        kind=kind,
        amount_minor=amount_minor,
        currency=clinic.currency,
        text=text[:160],
        business_date=day_of(clinic, at),
        by=by,
        at=at,
        **more,
    )


def use_deposits(bill: Bill, places: Collection[Place], *, by: Any, at: datetime) -> int:
    """Use the patient's deposits of those places on a locked bill in the ledger, as far as something is owed.

    Returns how much was used.
    """
    # locked before they are read: two bills of the patient may be confirmed at once
    locks = Payment.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    list(locks.filter(patient=bill.patient_id, clinic=bill.clinic_id, appointment__isnull=False))
    found = {one.payment.pk: one for one in deposits_for(bill) if one.place in places}
    laid = lay_deposits(due_minor=due_of(bill), left=[(key, one.left_minor) for key, one in found.items()])
    for key, amount in laid:
        payment = found[key].payment  # type: ignore[index]  # a UUID
        _apply(bill, payment, amount, by=by, at=at)
    total = sum(amount for _key, amount in laid)
    if total:
        record("deposit.used", subject=bill, patient_id=bill.patient_id, after={"amount_minor": total})
    return total


def _apply(bill: Bill, payment: Payment, amount_minor: int, *, by: Any, at: datetime) -> None:
    """Move that much of a deposit onto a bill; below zero: back."""
    text, more = payment.receipt_number, {"payment": payment, "by": by, "at": at, "kind": EntryKind.APPLIED}
    enter(bill, amount_minor=-amount_minor, text=text, **more)
    enter_line(bill.clinic, patient_id=bill.patient_id, amount_minor=amount_minor, text=text, **more)


def give_deposits_back(bill: Bill, *, by: Any, at: datetime) -> None:
    """Free the deposits that a bill has used: it is void."""
    rows = LedgerEntry.objects.filter(bill=bill, kind=EntryKind.APPLIED).order_by()
    for payment_id, amount in rows.values_list("payment").annotate(total=Sum("amount_minor")).order_by("payment"):
        if amount:
            _apply(bill, Payment.objects.get(pk=payment_id), amount, by=by, at=at)


def confirm(bill: Bill, *, by: Any, at: datetime) -> None:
    """Put a locked draft into the ledger. Raises NotPriced."""
    rows = list(BillLine.objects.filter(bill=bill, is_removed=False).order_by("position", "pk"))
    for row in rows:
        if row.is_unpriced:
            raise NotPriced(_("“%(item)s” has no price. Enter one, or take it off.") % {"item": row.text})
    for row in rows:
        if row.price_minor:
            enter(bill, kind=EntryKind.CHARGE, amount_minor=row.price_minor, text=row.text, by=by, at=at, line=row)
        if row.discount_minor:
            text = f"{row.text}: {row.discount_reason}"
            enter(bill, kind=EntryKind.DISCOUNT, amount_minor=-row.discount_minor, text=text, by=by, at=at, line=row)
    use_deposits(bill, {Place.OWN}, by=by, at=at)
    bill.status, bill.confirmed_by, bill.confirmed_at = BillStatus.CONFIRMED, by, at
    bill.save(update_fields=["status", "confirmed_by", "confirmed_at"])
    total = sum(row.total_minor for row in rows)
    record(
        "bill.confirmed",
        subject=bill,
        patient_id=bill.patient_id,
        after={"items": len(rows), "discount_minor": sum(row.discount_minor for row in rows), "total_minor": total},
    )
    changed(bill)


def tell_when_settled(bill: Bill, *, by: Any, at: datetime, reason: str = "") -> None:
    """Publish BillSettled when nothing is owed on the bill any more, or when the reason says why it stays open."""
    owed = due_of(bill)
    if bill.visit_id is None or (owed > 0 and not reason):
        return
    events.publish(
        BillSettled(
            clinic_id=bill.clinic_id,
            bill_id=bill.pk,
            visit_id=bill.visit_id,
            patient_id=bill.patient_id,
            owed_minor=max(owed, 0),
            reason=reason,
            by_id=by.pk,
            at=at,
        )
    )

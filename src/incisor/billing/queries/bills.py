"""Reading charge sheets: one with all that its page shows, and who waits to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from incisor.billing.enums import BillStatus
from incisor.billing.models import Bill, BillLine, Payment
from incisor.billing.queries.deposits import ahead_for, deposits_for, used_on
from incisor.billing.queries.ledger import due_of, dues_of, owed_by
from incisor.billing.queries.payments import TENDERS
from incisor.billing.queries.prices import prices_on
from incisor.billing.rules.deposits import Place
from incisor.billing.rules.drafting import Done, Drafted, Plan, charged_quantity, plan
from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.patients.models import PatientAlert
from incisor.visits.enums import VisitStatus
from incisor.visits.models import TreatmentDone, Visit

WITH_LINES = Prefetch("lines", BillLine.objects.select_related("procedure").order_by("position", "pk"), to_attr="rows")
OPEN_ALERTS = PatientAlert.objects.filter(ended_at=None).order_by("recorded_at", "pk")
WITH_ALERTS = Prefetch("patient__alerts", OPEN_ALERTS, to_attr="open_alerts")


def _bills(clinic: Clinic) -> QuerySet[Bill]:
    people = ("clinic", "patient", "visit__clinic", "visit__patient", "visit__dentist", "confirmed_by", "voided_by")
    return Bill.objects.filter(clinic=clinic).select_related(*people).prefetch_related(WITH_LINES, WITH_ALERTS)


def bill(clinic: Clinic, bill_id: Any) -> Bill:
    """Return a bill of the clinic with its lines (`rows`). Raises NotFound."""
    found = _bills(clinic).filter(pk=bill_id).first()
    if found is None:
        raise NotFound()
    return found


def bill_of_visit(clinic: Clinic, of: Visit) -> Bill | None:
    """Return the visit's bill that is not void, with its lines (`rows`); None before there is one."""
    return _bills(clinic).filter(visit=of).exclude(status=BillStatus.VOID).order_by("pk").first()


def line(clinic: Clinic, line_id: Any) -> BillLine:
    """Return a line of one of the clinic's bills. Raises NotFound."""
    found = BillLine.objects.filter(bill__clinic=clinic, pk=line_id).select_related("bill__clinic", "procedure").first()
    if found is None:
        raise NotFound()
    return found


def plan_of(of: Visit, rows: list[BillLine]) -> Plan:
    """Return how the lines differ from what the visit's note says was done."""
    treatments = TreatmentDone.objects.filter(visit=of).select_related("procedure").order_by("position", "pk")
    done = [
        Done(
            one.pk,
            one.procedure_id,
            tuple(one.teeth),
            charged_quantity(quantity=one.quantity, teeth=one.teeth, is_per_tooth=one.procedure.is_per_tooth),
        )
        for one in treatments
    ]
    lines = [
        Drafted(row.pk, row.treatment_id, row.procedure_id, tuple(row.teeth), row.done_quantity or 0, row.is_unpriced)
        for row in rows
        if row.treatment_id is not None
    ]
    unpriced = any(line.is_unpriced for line in lines)
    return plan(lines=lines, done=done, priced=prices_on(of.clinic, of.business_date) if unpriced else ())


@dataclass(frozen=True)
class Sheet:
    """A charge sheet as the page shows it; amounts in fen.

    deposit_minor: what was paid ahead for this visit, used on it or to be used when it is confirmed. held_minor: what is left
    of the patient's other deposits and may be used. owed_before_minor: what the patient owes from earlier. is_behind: the note has changed since it was confirmed.
    """

    bill: Bill
    lines: list[BillLine]
    removed: list[BillLine]
    price_minor: int
    discount_minor: int
    total_minor: int
    paid_minor: int
    due_minor: int
    payments: Sequence[Payment]
    owed_before_minor: int
    is_behind: bool
    deposit_minor: int = 0
    held_minor: int = 0

    @property
    def is_draft(self) -> bool:
        return self.bill.status == BillStatus.DRAFT

    @property
    def is_void(self) -> bool:
        return self.bill.status == BillStatus.VOID

    @property
    def is_settled(self) -> bool:
        """Tell whether it stands in the ledger and nothing is owed on it."""
        return self.bill.status == BillStatus.CONFIRMED and self.due_minor == 0

    @property
    def has_standing_payment(self) -> bool:
        return any(one.reversed_at is None for one in self.payments)


def sheet_of(of: Bill) -> Sheet:
    """Return all that the page of a bill shows. The bill comes from `bill` or `bill_of_visit`."""
    rows: list[BillLine] = of.rows  # type: ignore[attr-defined]  # prefetched by _bills
    lines = [row for row in rows if not row.is_removed]
    payments = list(
        Payment.objects.filter(bill=of)
        .select_related("taken_by", "reversed_by")
        .prefetch_related(TENDERS)
        .order_by("pk")
    )
    total = sum(row.total_minor for row in lines)
    is_draft = of.status == BillStatus.DRAFT
    deposits = deposits_for(of) if of.status != BillStatus.VOID else []
    ahead = sum(one.left_minor for one in deposits if one.place is Place.OWN)
    used = min(total, ahead) if is_draft else used_on(of)
    due = total - used if is_draft else due_of(of)
    owed = owed_by(of.clinic, [of.patient_id]).get(of.patient_id, 0)
    return Sheet(
        bill=of,
        lines=lines,
        removed=[row for row in rows if row.is_removed],
        price_minor=sum(row.price_minor for row in lines),
        discount_minor=sum(row.discount_minor for row in lines),
        total_minor=total,
        paid_minor=sum(one.amount_minor for one in payments if one.reversed_at is None),
        due_minor=due,
        payments=payments,
        owed_before_minor=max(owed - (0 if is_draft else due), 0),
        is_behind=of.status == BillStatus.CONFIRMED and of.visit is not None and bool(plan_of(of.visit, rows)),
        deposit_minor=used,
        held_minor=sum(one.left_minor for one in deposits if one.place is Place.HELD),
    )


@dataclass(frozen=True)
class ToPay:
    """A patient who waits to pay. amount_minor: None before there is a charge sheet."""

    visit: Visit
    amount_minor: int | None
    owed_before_minor: int


def to_pay(clinic: Clinic) -> list[ToPay]:
    """Return who has been treated and waits to pay, the longest wait first."""
    waiting = list(
        Visit.objects.filter(clinic=clinic, status=VisitStatus.TO_PAY)
        .select_related("patient", "dentist")
        .prefetch_related(WITH_ALERTS)
        .order_by("ended_at", "pk")
    )
    bills = Bill.objects.filter(clinic=clinic, visit__in=waiting).exclude(status=BillStatus.VOID)
    by_visit = {one.visit_id: one for one in bills.prefetch_related(WITH_LINES)}
    dues = dues_of(by_visit.values())
    owed = owed_by(clinic, [one.patient_id for one in waiting])
    ahead = ahead_for(clinic, [one.appointment_id for one in waiting])
    rows = []
    for one in waiting:
        found = by_visit.get(one.pk)
        amount = (
            None
            if found is None
            else _amount(found, dues, ahead.get(one.appointment_id, 0) if one.appointment_id else 0)
        )
        in_ledger = dues.get(found.pk, 0) if found else 0
        rows.append(ToPay(one, amount, max(owed.get(one.patient_id, 0) - in_ledger, 0)))
    return rows


def _amount(of: Bill, dues: dict[Any, int], ahead_minor: int) -> int:
    if of.status == BillStatus.CONFIRMED:
        return dues.get(of.pk, 0)
    total = sum(row.total_minor for row in of.rows if not row.is_removed)  # type: ignore[attr-defined]
    return max(total - ahead_minor, 0)

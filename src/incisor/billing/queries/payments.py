"""Reading payments: one, those of a day, their totals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, Sum

from incisor.billing.enums import Method
from incisor.billing.models import BillLine, Payment, Tender
from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound

TENDERS = Prefetch("tenders", Tender.objects.order_by("position", "pk"), to_attr="parts")


def payment(clinic: Clinic, payment_id: Any) -> Payment:
    """Return a payment with its tenders (`parts`), bill, lines and people. Raises NotFound."""
    found = (
        Payment.objects.filter(clinic=clinic, pk=payment_id)
        .select_related("clinic", "patient", "taken_by", "reversed_by", "bill__visit__dentist", "appointment")
        .prefetch_related(
            TENDERS,
            Prefetch(
                "bill__lines",
                BillLine.objects.filter(is_removed=False).select_related("procedure").order_by("position", "pk"),
                to_attr="items",
            ),
        )
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def payments_of_day(clinic: Clinic, day: date) -> list[Payment]:
    """Return the payments of a business date, the newest first, each with its tenders (`parts`)."""
    found = Payment.objects.filter(clinic=clinic, business_date=day)
    rows = found.select_related("patient", "taken_by", "reversed_by", "bill").prefetch_related(TENDERS)
    return list(rows.order_by("-taken_at", "-pk"))


@dataclass(frozen=True)
class MethodTotal:
    """What came in by one way of paying on a day, reversed payments left out."""

    method: Method
    count: int
    amount_minor: int


@dataclass(frozen=True)
class DayTotals:
    """The takings of a business date. reversed_*: payments of that day that were reversed since, left out above."""

    methods: list[MethodTotal]
    amount_minor: int
    payment_count: int
    reversed_minor: int
    reversed_count: int


def day_totals(clinic: Clinic, day: date) -> DayTotals:
    """Return what came in on a business date, by way of paying."""
    kept = Tender.objects.filter(payment__clinic=clinic, payment__business_date=day, payment__reversed_at=None)
    sums = kept.order_by().values_list("method").annotate(count=Count("pk"), amount=Sum("amount_minor"))
    by_method = {method: MethodTotal(Method(method), count, amount) for method, count, amount in sums}
    numbers = Payment.objects.filter(clinic=clinic, business_date=day).aggregate(
        amount=Sum("amount_minor", filter=Q(reversed_at=None)),
        count=Count("pk", filter=Q(reversed_at=None)),
        back=Sum("amount_minor", filter=Q(reversed_at__isnull=False)),
        back_count=Count("pk", filter=Q(reversed_at__isnull=False)),
    )
    return DayTotals(
        methods=[by_method[method] for method in Method if method in by_method],
        amount_minor=numbers["amount"] or 0,
        payment_count=numbers["count"],
        reversed_minor=numbers["back"] or 0,
        reversed_count=numbers["back_count"],
    )

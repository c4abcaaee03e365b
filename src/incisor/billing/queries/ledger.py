"""Reading the one ledger: what is owed is the sum of its entries, nowhere else."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from incisor.billing.models import Bill, LedgerEntry
from incisor.clinics.models import Clinic
from incisor.patients.models import Patient
from incisor.patients.queries import patients


def balance_of(clinic: Clinic, patient: Patient) -> int:
    """Return what the patient owes the clinic in fen; below zero is money that the clinic holds for the patient."""
    found = LedgerEntry.objects.filter(clinic=clinic, patient=patient).aggregate(total=Sum("amount_minor"))
    return found["total"] or 0


def _owing(clinic: Clinic) -> QuerySet[LedgerEntry]:
    """The lines that make debts: all but those of deposits that no bill has used. These lie there for visits and hide no debt."""
    return LedgerEntry.objects.filter(clinic=clinic).exclude(bill=None, payment__appointment__isnull=False)


def owed_by(clinic: Clinic, people: Iterable[Any]) -> dict[uuid.UUID, int]:
    """Return what each of the patients owes in fen, by id; those who owe nothing are not in it. One query.

    What is left of deposits is not taken off: it is laid on the bills, and a debt stands beside it.
    """
    keys = [getattr(one, "pk", one) for one in people]
    rows = (
        _owing(clinic)
        .filter(patient__in=keys)
        .order_by()
        .values_list("patient_id")
        .annotate(total=Sum("amount_minor"))
        .filter(total__gt=0)
    )
    return dict(rows)


@dataclass(frozen=True)
class Debt:
    """A patient who owes something. since: the first entry of the account that may have caused it."""

    patient: Patient
    owed_minor: int
    since: Any
    last_at: Any


def debts(clinic: Clinic, *, limit: int = 200) -> list[Debt]:
    """Return who owes the clinic something, the largest first."""
    rows = list(
        _owing(clinic)
        .order_by()
        .values_list("patient_id")
        .annotate(total=Sum("amount_minor"), since=Min("at"), last=Max("at"))
        .filter(total__gt=0)
        .order_by("-total", "patient_id")[:limit]
    )
    people = patients(clinic, [row[0] for row in rows])
    return [Debt(people[key], total, since, last) for key, total, since, last in rows]


def due_of(bill: Bill) -> int:
    """Return what is still owed on a bill that stands in the ledger, in fen."""
    found = LedgerEntry.objects.filter(bill=bill).aggregate(total=Sum("amount_minor"))
    return found["total"] or 0


def dues_of(bills: Iterable[Any]) -> dict[uuid.UUID, int]:
    """Return what is still owed on each of the bills, by id. One query."""
    keys = [getattr(one, "pk", one) for one in bills]
    rows = LedgerEntry.objects.filter(bill__in=keys).order_by().values_list("bill_id").annotate(t=Sum("amount_minor"))
    return dict(rows)


@dataclass(frozen=True)
class StatementRow:
    """An entry of a patient's account and what was owed after it."""

    entry: LedgerEntry
    balance_minor: int


def statement_of(clinic: Clinic, patient: Patient) -> list[StatementRow]:
    """Return every entry of the patient's account, the newest first, each with the balance after it."""
    rows, balance = [], 0
    entries = LedgerEntry.objects.filter(clinic=clinic, patient=patient)
    for entry in entries.select_related("by", "payment", "bill").order_by("at", "pk"):
        balance += entry.amount_minor
        rows.append(StatementRow(entry, balance))
    return rows[::-1]

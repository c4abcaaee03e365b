"""Deposits: what is held for whom, and what of it belongs to a bill."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from incisor.billing.enums import EntryKind
from incisor.billing.models import Bill, LedgerEntry, Payment
from incisor.billing.rules.deposits import Place, place_of
from incisor.clinics.models import Clinic
from incisor.scheduling.models import Appointment


@dataclass(frozen=True)
class Deposit:
    """Money paid ahead. left_minor: what of it no bill has used yet. place: what it is to the bill that was asked for."""

    payment: Payment
    left_minor: int
    place: Place


def _standing(clinic: Clinic) -> QuerySet[Payment]:
    """Deposits that were not reversed, each with `left`: what no bill has used."""
    used = (
        LedgerEntry.objects.filter(payment=OuterRef("pk"), kind=EntryKind.APPLIED, bill__isnull=False)
        .order_by()
        .values("payment")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    rows = Payment.objects.filter(clinic=clinic, appointment__isnull=False, reversed_at=None)
    return rows.annotate(left=Coalesce(Subquery(used), 0) + Coalesce("amount_minor", 0)).select_related("appointment")


def _left(row: Payment) -> int:
    left: int = row.left  # type: ignore[attr-defined]  # annotated by _standing
    return left


def deposits_for(bill: Bill) -> list[Deposit]:
    """Return the patient's deposits of which something is left, those of this visit first, then the oldest."""
    own = bill.visit.appointment_id if bill.visit is not None else None
    rows = _standing(bill.clinic).filter(patient=bill.patient_id).order_by("taken_at", "pk")
    found = [
        Deposit(row, _left(row), place_of(is_own=row.appointment_id == own, status=row.appointment.status))  # type: ignore[union-attr]
        for row in rows
        if _left(row) > 0
    ]
    return sorted(found, key=lambda one: one.payment.appointment_id != own)


def left_of(deposit: Payment) -> int:
    """Return what of a deposit no bill has used yet."""
    found = _standing(deposit.clinic).filter(pk=deposit.pk).first()
    return _left(found) if found else 0


def deposit_of(clinic: Clinic, appointment: Appointment) -> Payment | None:
    """Return the deposit that stands for an appointment, the newest."""
    return _standing(clinic).filter(appointment=appointment).order_by("-taken_at", "-pk").first()


def used_on(bill: Bill) -> int:
    """Return how much of deposits a bill has used."""
    rows = LedgerEntry.objects.filter(bill=bill, kind=EntryKind.APPLIED)
    return -(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def ahead_for(clinic: Clinic, appointment_ids: Collection[Any]) -> dict[uuid.UUID, int]:
    """Return what is left of the deposits for each of the appointments, by their ids. One query."""
    found: dict[uuid.UUID, int] = {}
    for row in _standing(clinic).filter(appointment__in=[key for key in appointment_ids if key]):
        key: Any = row.appointment_id
        found[key] = found.get(key, 0) + _left(row)
    return found

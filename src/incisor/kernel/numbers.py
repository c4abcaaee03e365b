"""Numbers for people: file, receipt and queue numbers, without gap or repeat."""

import uuid

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from incisor.kernel.models import NumberSeries


def next_number(*, clinic_id: uuid.UUID, series: str, period: str = "") -> int:
    """Return the next number of a series, beginning at 1, allotted in the caller's transaction.

    The row stays locked until that transaction ends: if it fails, the number was never given out.
    period: "2026", "2026-11-22", or empty for a series that never starts again. Lock it after dentist, chair, patient.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is allotted inside the transaction that uses it")
    row = NumberSeries.objects.filter(clinic_id=clinic_id, series=series, period=period)
    if not row.update(last=F("last") + 1):
        try:
            with transaction.atomic():
                NumberSeries.objects.create(clinic_id=clinic_id, series=series, period=period, last=1)
        except IntegrityError:
            row.update(last=F("last") + 1)
    return row.values_list("last", flat=True).get()


def next_numbers(*, clinic_id: uuid.UUID, series: str, count: int, period: str = "") -> range:
    """Return the next `count` numbers of a series at once: for bulk work, like next_number."""
    first = next_number(clinic_id=clinic_id, series=series, period=period)
    if count > 1:
        row = NumberSeries.objects.filter(clinic_id=clinic_id, series=series, period=period)
        row.update(last=F("last") + count - 1)
    return range(first, first + count)


def raise_to(*, clinic_id: uuid.UUID, series: str, at_least: int, period: str = "") -> None:
    """Let a series go on after `at_least`: when numbers came from elsewhere (an import) that it would meet later."""
    if not connection.in_atomic_block:
        raise RuntimeError("a series is raised inside the transaction that needs it")
    row = NumberSeries.objects.filter(clinic_id=clinic_id, series=series, period=period)
    if not row.exists():
        try:
            with transaction.atomic():
                NumberSeries.objects.create(clinic_id=clinic_id, series=series, period=period, last=at_least)
            return
        except IntegrityError:
            pass  # somebody began the series in this moment
    row.filter(last__lt=at_least).update(last=at_least)

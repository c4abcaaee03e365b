"""What was promised about the wait, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from incisor.clinics.models import Clinic
from incisor.kernel.clock import local
from incisor.reception.rules.waits import kept_share
from incisor.visits.models import Visit

Promise = tuple[int, int, float]


@dataclass(frozen=True, kw_only=True)
class Promised:
    """Promises of one hour or day together. low, high, real: averages in minutes; kept: share inside the range, percent."""

    label: str
    count: int
    low: int
    high: int
    real: int
    kept: int
    longer: int


@dataclass(frozen=True, kw_only=True)
class Promises:
    """A period: all together, by the hour of arrival, by day. None: nothing was promised."""

    whole: Promised | None
    hours: list[Promised]
    days: list[Promised]


def promises(clinic: Clinic, *, first: date, last: date) -> Promises:
    """Return promised and real waits of the visits from the first to the last day.

    Counted: everybody who was told a range on arrival and came to a chair. Real is from the promise to the chair. Who
    left or still waits is not counted: nobody knows how long it would have been.
    """
    rows = Visit.objects.filter(clinic=clinic, business_date__gte=first, business_date__lte=last)
    rows = rows.exclude(promised_at=None).exclude(seated_at=None)
    by_hour: dict[str, list[Promise]] = {}
    by_day: dict[str, list[Promise]] = {}
    told: list[Promise] = []
    names = ("business_date", "promised_at", "promised_low", "promised_high", "seated_at")
    wanted: Any = rows.order_by("promised_at").values_list(*names)  # none of them is empty: see the filter above
    for day, at, low, high, seated_at in wanted:
        one = (low, high, (seated_at - at).total_seconds() / 60)
        told.append(one)
        by_hour.setdefault(f"{local(at, clinic.zone):%H}:00", []).append(one)
        by_day.setdefault(f"{day:%m-%d}", []).append(one)
    return Promises(
        whole=_together("", told) if told else None,
        hours=[_together(label, found) for label, found in sorted(by_hour.items())],
        days=[_together(label, found) for label, found in by_day.items()],
    )


def _together(label: str, told: list[Promise]) -> Promised:
    return Promised(
        label=label,
        count=len(told),
        low=_average(low for low, _high, _real in told),
        high=_average(high for _low, high, _real in told),
        real=_average(real for _low, _high, real in told),
        kept=round(100 * (kept_share(told) or 0.0)),
        longer=round(100 * sum(real > high for _low, high, real in told) / len(told)),
    )


def _average(minutes: Iterable[float]) -> int:
    found = list(minutes)
    return round(sum(found) / len(found))

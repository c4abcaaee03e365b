"""Who keeps appointments, what is asked before one stands, what patients may change by themselves. Plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from incisor.patients.enums import RestrictionKind
from incisor.scheduling.enums import EXPECTED, AppointmentStatus, Demand

CONFIRMATIONS = 2
KEPT = frozenset({AppointmentStatus.ARRIVED, AppointmentStatus.IN_TREATMENT, AppointmentStatus.COMPLETED})
COUNTED = frozenset({*KEPT, AppointmentStatus.NO_SHOW})


@dataclass(frozen=True)
class KeepingRecord:
    """How many of a patient's latest appointments were kept and missed."""

    kept: int = 0
    missed: int = 0

    @property
    def all(self) -> int:
        return self.kept + self.missed


def demand_for(*, record: KeepingRecord, restrictions: Iterable[str], missed_limit: int, demand: str) -> Demand:
    """Return what is asked of a patient before an appointment stands.

    What somebody wrote into the file goes before the count of missed visits, and a deposit before confirming twice.
    missed_limit: 0 asks nothing for missed visits.
    """
    named = set(restrictions)
    if RestrictionKind.PREPAY in named:
        return Demand.DEPOSIT
    by_count = Demand(demand) if missed_limit and record.missed >= missed_limit else Demand.NONE
    if RestrictionKind.DOUBLE_CONFIRM in named and by_count is Demand.NONE:
        return Demand.DOUBLE
    return by_count


def is_counted_again(*, answered_on: date | None, day: date) -> bool:
    """Tell whether a confirmation counts: once a day, for two clicks in a row are one confirmation."""
    return answered_on is None or answered_on < day


def is_met(*, demand: str, confirmed_count: int, has_deposit: bool) -> bool:
    """Tell whether what was asked before the appointment stands has been done."""
    if demand == Demand.DOUBLE:
        return confirmed_count >= CONFIRMATIONS
    if demand == Demand.DEPOSIT:
        return has_deposit
    return True


def may_change_alone(*, status: str, starts_at: datetime, at: datetime, hours: int, is_allowed: bool) -> bool:
    """Tell whether a patient may still cancel or move an appointment without speaking to anybody.

    hours: until how many before its start; 0: until it begins.
    """
    return is_allowed and status in EXPECTED and at < starts_at and at <= starts_at - timedelta(hours=hours)

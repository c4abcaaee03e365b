"""The order of calling (REQUIREMENTS REC-5)."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# House value: who comes later than this after the appointed time is called by arrival, among those with an appointment.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody who waits. due_at: the appointed time, None without an appointment. rank: where staff put the patient."""

    key: Hashable
    number: int
    arrived_at: datetime
    due_at: datetime | None = None
    is_emergency: bool = False
    is_urgent: bool = False
    rank: int = 0
    dentist: Hashable | None = None


def place_of(one: Waiting) -> tuple[int, int, int, datetime, datetime, int]:
    """Return what the order is made by; smaller is earlier.

    Emergencies before all others, by arrival. Then whoever staff put forward. Then appointments by their time (from
    LATE_AFTER on by arrival) with urgent walk-ins among them by arrival, then the other walk-ins by arrival. The queue
    number, which nobody shares, settles the rest.
    """
    if one.is_emergency:
        return (0, one.rank, 0, one.arrived_at, one.arrived_at, one.number)
    if one.due_at is not None:
        is_late = one.arrived_at - one.due_at > LATE_AFTER
        return (1, one.rank, 0, one.arrived_at if is_late else one.due_at, one.arrived_at, one.number)
    return (1, one.rank, 0 if one.is_urgent else 1, one.arrived_at, one.arrived_at, one.number)


def calling_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return everybody once, in the order of calling."""
    return sorted(waiting, key=place_of)


def next_to_call(waiting: Iterable[Waiting], *, busy: Collection[Hashable] = ()) -> Waiting | None:
    """Return who is called now: an emergency, else the first whose dentist is not treating anybody, else the first.

    busy: the dentists who have a patient in the chair.
    """
    queue = calling_order(waiting)
    for one in queue:
        if one.is_emergency or one.dentist is None or one.dentist not in busy:
            return one
    return queue[0] if queue else None


def rank_first(waiting: Iterable[Waiting]) -> int:
    """Return the rank that puts somebody before all others who wait (emergencies stay first)."""
    return min((one.rank for one in waiting), default=0) - 1


def rank_last(waiting: Iterable[Waiting]) -> int:
    """Return the rank that puts somebody behind all others who wait."""
    return max((one.rank for one in waiting), default=0) + 1

"""The order of calling (REQUIREMENTS REC-5), and what happens to it when somebody is not there."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# House values of FlowRules: lateness that loses the appointed place; how long after coming an ordinary walk-in stands
# in the queue like an appointment.
LATE_AFTER = timedelta(minutes=15)
PATIENCE = timedelta(minutes=60)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody who waits. due_at: the appointed time, None without an appointment. rank: where staff put the patient.

    place_at: stands in place of the own time for who was not there and came back. is_parked: called, was not there.
    """

    key: Hashable
    number: int
    arrived_at: datetime
    due_at: datetime | None = None
    is_emergency: bool = False
    is_urgent: bool = False
    rank: int = 0
    dentist: Hashable | None = None
    place_at: datetime | None = None
    is_parked: bool = False
    late_after: timedelta = LATE_AFTER
    patience: timedelta = PATIENCE


Place = tuple[int, int, datetime, int, datetime, int]


def place_of(one: Waiting) -> Place:
    """Return what the order is made by; smaller is earlier.

    Emergencies before all others, by arrival. Then whoever staff put forward. Then everybody on one line of time:
    appointments by the appointed time (who is late by more than late_after: by arrival), urgent walk-ins by arrival,
    other walk-ins by arrival plus their patience. Nobody's place on that line moves away, so nobody waits for ever: of
    those who come later, only emergencies and those with an earlier place go first. At the same time appointments
    come first; the queue number, which nobody shares, settles the rest.
    """
    if one.is_emergency:
        return (0, one.rank, one.arrived_at, 0, one.arrived_at, one.number)
    if one.place_at is not None:
        return (1, one.rank, one.place_at, 2, one.arrived_at, one.number)
    if one.due_at is not None:
        is_late = one.arrived_at - one.due_at > one.late_after
        return (1, one.rank, one.arrived_at if is_late else one.due_at, 0, one.arrived_at, one.number)
    if one.is_urgent:
        return (1, one.rank, one.arrived_at, 0, one.arrived_at, one.number)
    return (1, one.rank, one.arrived_at + one.patience, 1, one.arrived_at, one.number)


def calling_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return everybody once, in the order of calling; who was not there stands behind all who are."""
    return sorted(waiting, key=lambda one: (one.is_parked, place_of(one)))


def next_to_call(waiting: Iterable[Waiting], *, busy: Collection[Hashable] = ()) -> Waiting | None:
    """Return who is called now: an emergency, else the first whose dentist is not treating anybody, else the first.

    busy: the dentists who have a patient in the chair. Who was not there is called again only when nobody else waits.
    """
    queue = calling_order(waiting)
    here = [one for one in queue if not one.is_parked] or queue
    for one in here:
        if one.is_emergency or one.dentist is None or one.dentist not in busy:
            return one
    return here[0] if here else None


def rank_first(waiting: Iterable[Waiting]) -> int:
    """Return the rank that puts somebody before all others who wait (emergencies stay first)."""
    return min((one.rank for one in waiting), default=0) - 1


def rank_last(waiting: Iterable[Waiting]) -> int:
    """Return the rank that puts somebody behind all others who wait."""
    return max((one.rank for one in waiting), default=0) + 1


def place_on_return(one: Waiting, others: Iterable[Waiting], *, behind: int) -> tuple[int, datetime | None]:
    """Return rank and place_at for somebody who was not there when called and is back.

    The own place, but behind the next `behind` people who wait: the turn is lost, not the morning. An emergency stays
    first. None: the own time stands.
    """
    here = [other for other in calling_order(others) if not other.is_parked and not other.is_emergency]
    if one.is_emergency or not here or behind < 1:
        return one.rank, one.place_at
    last = here[min(behind, len(here)) - 1]
    if place_of(one) > place_of(last):
        return one.rank, one.place_at
    return last.rank, place_of(last)[2]

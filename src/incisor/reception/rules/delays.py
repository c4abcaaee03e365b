"""A dentist who runs late: whose time it moves, and by how much."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = 240  # minutes; later than that the day is planned anew, not delayed
STEP = 5
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Booked:
    """Somebody who is expected later today."""

    key: Hashable
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Shifted:
    """By how many minutes somebody's time will be late, and when that is."""

    key: Hashable
    minutes: int
    starts_at: datetime


def added(minutes: int, more: int) -> int:
    """Return the new delay after a press of a button, never below nothing or above the longest."""
    return max(0, min(LONGEST, minutes + more))


def shifted(minutes: int, booked: Iterable[Booked], *, free_at: datetime) -> list[Shifted]:
    """Return who of those still to come will be seen late, in the order of time.

    free_at: when by plan the dentist is done with those who are here already. Free time between two patients takes the
    delay up. What is told is rounded up to five minutes, as people are told times.
    """
    late, ends_at, found = minutes, free_at, []
    for one in sorted(booked, key=lambda row: row.starts_at):
        late -= max(0, (one.starts_at - ends_at) // MINUTE)
        if late <= 0:
            break
        told = -(-late // STEP) * STEP
        found.append(Shifted(key=one.key, minutes=told, starts_at=one.starts_at + told * MINUTE))
        ends_at = max(ends_at, one.ends_at)
    return found

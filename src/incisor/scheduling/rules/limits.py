"""How many treatments of a kind a day takes at most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from incisor.scheduling.rules.needs import Need


@dataclass(frozen=True)
class Limit:
    """At most so many appointments a day with any of the kinds. dentist: of this one; is_each: of each; else of all."""

    key: Any
    name: str
    most: int
    kinds: frozenset[str]
    dentist: Any = None
    is_each: bool = False


@dataclass(frozen=True)
class Counted:
    """An appointment that counts: its day, its dentist and what its treatments are."""

    day: date
    dentist: Any
    kinds: frozenset[str]


def concerns(limit: Limit, need: Need) -> bool:
    """Tell whether a booking of that need counts for the limit."""
    return any(kind & limit.kinds for kind in need.kinds)


def full_days(
    limits: Iterable[Limit], booked: Iterable[Counted], dentists: Iterable[Any]
) -> Mapping[Any, dict[date, str]]:
    """Return, by dentist (None: for everybody), the days that take no more of it, each with the name of the limit.

    limits: those that concern the booking; each allows at least one a day.
    """
    rows, people = list(booked), list(dentists)
    full: dict[Any, dict[date, str]] = {}
    for limit in limits:
        counting = [row for row in rows if row.kinds & limit.kinds]
        for who in people if limit.is_each else [limit.dentist]:
            counts: dict[date, int] = {}
            for row in counting:
                if who is None or row.dentist == who:
                    counts[row.day] = counts.get(row.day, 0) + 1
            for day, count in counts.items():
                if count >= limit.most:
                    full.setdefault(who, {}).setdefault(day, limit.name)
    return full

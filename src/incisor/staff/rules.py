"""When a person works: weekly roster, single days that differ, leave. Plain values, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from incisor.clinics.rules import WeeklyHours, hours_on, wall_span
from incisor.kernel.spans import Span, common, joined, without


@dataclass(frozen=True)
class DayException:
    """Other hours on one day; both times None: off. Several rows of a day add up."""

    day: date
    starts: time | None
    ends: time | None


@dataclass(frozen=True)
class Duty:
    """When a person is on duty in a clinic over some days, and when away."""

    rostered: tuple[Span, ...] = ()
    leave: tuple[Span, ...] = ()


def rostered_on(
    *, day: date, roster: Iterable[WeeklyHours], exceptions: Iterable[DayException], kind: str | None, zone: str
) -> list[Span]:
    """Return the minutes of a day for which the person is rostered in a clinic, leave not yet taken off.

    An exception replaces the weekly hours of its day, on a public holiday too: it was entered for that very day.
    """
    special = [row for row in exceptions if row.day == day]
    if special:
        return joined(
            wall_span(day, row.starts, row.ends, zone)
            for row in special
            if row.starts is not None and row.ends is not None
        )
    return hours_on(roster, day=day, kind=kind, zone=zone)


def working_on(*, rostered: Iterable[Span], opened: Iterable[Span], leave: Iterable[Span]) -> list[Span]:
    """Return the minutes in which the person takes patients: on duty while the clinic is open, not on leave."""
    return without(common(rostered, opened), leave)


def licence_holds(expires_on: date | None, day: date) -> bool:
    """Tell whether a licence that expires on that day (its last good one) is good on the day; unknown counts as good."""
    return expires_on is None or day <= expires_on

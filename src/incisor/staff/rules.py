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


# How long before a licence expires the product begins to warn.
LICENCE_WARNING_DAYS = 60


def licence_state(expires_on: date | None, today: date) -> str:
    """Return "missing", "expired", "soon" (60 days or less) or "good"."""
    if expires_on is None:
        return "missing"
    left = (expires_on - today).days
    if left < 0:
        return "expired"
    return "soon" if left <= LICENCE_WARNING_DAYS else "good"


def overlapping_weekday(
    mine: Iterable[WeeklyHours], others: Iterable[WeeklyHours], *, valid_from: date, valid_until: date | None
) -> int | None:
    """Return the first weekday on which hours that hold between the two days overlap with other ones, None when none do."""
    last = valid_until or date.max
    elsewhere = [
        row for row in others if (row.valid_from or date.min) <= last and (row.valid_until or date.max) >= valid_from
    ]
    for row in sorted(mine, key=lambda row: (row.weekday, row.starts)):
        if any(
            row.weekday == other.weekday and row.starts < other.ends and other.starts < row.ends for other in elsewhere
        ):
            return row.weekday
    return None


def uncovered(*, opened: Iterable[Span], present: Iterable[Span]) -> list[Span]:
    """Return the minutes in which the clinic is open and nobody is at the desk (REQUIREMENTS DSK-4)."""
    return without(opened, present)


def monday_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return date.fromordinal(day.toordinal() - day.weekday())

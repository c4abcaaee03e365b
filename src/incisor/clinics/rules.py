"""When a clinic is open: opening hours, closures, public holidays, make-up workdays. Plain values, no clock."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, time

from incisor.kernel.clock import moment
from incisor.kernel.spans import Span, joined, minute_of, without

HOLIDAY, WORKDAY = "holiday", "workday"
LAST_MINUTE = time(23, 59)
# Which working day a make-up day (调休) stands for: the one beside it, Friday for a Saturday, Monday for a Sunday.
STANDS_FOR = {5: 4, 6: 0}


@dataclass(frozen=True)
class WeeklyHours:
    """Hours on one weekday (0 is Monday) by the wall clock, valid on both named days and between; None: no limit."""

    weekday: int
    starts: time
    ends: time
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the hours hold on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Shut:
    """A closure of the clinic, or of one chair. chair: its id, None for the whole clinic."""

    span: Span
    reason: str
    chair: Hashable = None


@dataclass(frozen=True)
class Opening:
    """When a clinic is open over some days. hours: opening hours, holidays already left out; holidays: day → name."""

    hours: tuple[Span, ...]
    shut: tuple[Shut, ...]
    kinds: dict[date, str]
    holidays: dict[date, str]

    @property
    def open(self) -> list[Span]:
        """The minutes in which the clinic takes patients."""
        return without(self.hours, [row.span for row in self.shut if row.chair is None])

    def shut_chair(self, chair: Hashable) -> list[Span]:
        """Return the minutes in which that chair is closed by itself."""
        return joined(row.span for row in self.shut if row.chair == chair)


def weekdays_worked(day: date, kind: str | None) -> frozenset[int]:
    """Return the weekdays whose hours hold on that day.

    kind: what the calendar of public holidays says, None when it says nothing or the clinic does not follow it.
    A make-up workday at the weekend has the hours of the working day that it stands for, beside its own if there are
    any: nobody who works on that weekday anyway loses hours by it.
    """
    own = day.weekday()
    if kind == HOLIDAY:
        return frozenset()
    if kind == WORKDAY:
        return frozenset({own, STANDS_FOR.get(own, own)})
    return frozenset({own})


def wall_span(day: date, starts: time, ends: time, zone: str) -> Span:
    """Return the minutes between two wall-clock times of a day. An end at 23:59 means midnight: times know no 24:00."""
    start = minute_of(moment(day, starts, zone))
    if ends >= LAST_MINUTE:
        return start, minute_of(moment(date.fromordinal(day.toordinal() + 1), time(0), zone))
    return start, minute_of(moment(day, ends, zone))


def hours_on(hours: Iterable[WeeklyHours], *, day: date, kind: str | None, zone: str) -> list[Span]:
    """Return the minutes of a day that weekly hours give."""
    weekdays = weekdays_worked(day, kind)
    return joined(
        wall_span(day, row.starts, row.ends, zone) for row in hours if row.weekday in weekdays and row.is_valid_on(day)
    )

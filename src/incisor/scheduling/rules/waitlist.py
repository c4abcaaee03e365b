"""Who on the waitlist fits a freed time, and whose turn it is.

The order: by the day on which the wish was entered; an urgent wish counts as entered a week earlier. So an urgent one
overtakes only those of the last week before it, and nobody is overtaken for ever: whatever is entered more than a week
after a wish comes behind it. Nobody is asked twice about one time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from incisor.kernel.clock import GRID_MINUTES
from incisor.kernel.spans import Span

URGENT_HEAD_START_MINUTES = 7 * 1440
SHORTEST_OFFER_MINUTES = 15
NEAR_MINUTES = 24 * 60
# Whoever accepts must still have this long to come.
LATEST_ANSWER_AHEAD = timedelta(minutes=30)


class FreeTime(NamedTuple):
    """A freed time. start, end: minutes since 1970; day, minute: of its start by the wall clock."""

    dentist: Any
    specialties: frozenset[str]
    start: int
    end: int
    day: date
    minute: int


@dataclass(frozen=True)
class Wished:
    """What somebody waits for. entered, booked_start: minutes since 1970; suits: specialties of the treatment are met.

    booked_start: of the appointment that would be moved earlier, None without one.
    """

    key: Any
    entered: int
    minutes: int
    first: date
    until: date | None = None
    dentist: Any = None
    specialty: str = ""
    weekdays: frozenset[int] = frozenset()
    parts: tuple[Span, ...] = ()
    notice: int = 0
    booked_start: int | None = None
    is_urgent: bool = False


def fits(wished: Wished, time: FreeTime, *, now: int) -> bool:
    """Tell whether the freed time is what is waited for, and early enough to come."""
    return (
        wished.minutes <= time.end - time.start
        and time.start - now >= wished.notice
        and wished.first <= time.day
        and (wished.until is None or time.day <= wished.until)
        and (wished.booked_start is None or time.start + wished.minutes <= wished.booked_start)
        and wished.dentist in (None, time.dentist)
        and (not wished.specialty or wished.specialty in time.specialties)
        and (not wished.weekdays or time.day.weekday() in wished.weekdays)
        and (not wished.parts or any(begin <= time.minute < end for begin, end in wished.parts))
    )


def turn(wished: Wished) -> tuple[int, str]:
    """Return what the waitlist is sorted by: small comes first."""
    return wished.entered - (URGENT_HEAD_START_MINUTES if wished.is_urgent else 0), str(wished.key)


def in_turn(wishes: Iterable[Wished], time: FreeTime, *, now: int) -> list[Wished]:
    """Return the wishes that the freed time fits, in the order in which they are asked."""
    return sorted((one for one in wishes if fits(one, time, now=now)), key=turn)


def offered_part(span: Span, *, now: int, least_ahead: int) -> Span | None:
    """Return what of a freed time can still be offered: from least_ahead minutes on, on the grid; None when too little."""
    soonest = now + least_ahead
    begin = max(span[0], soonest + -soonest % GRID_MINUTES)
    return (begin, span[1]) if span[1] - begin >= SHORTEST_OFFER_MINUTES else None


def answer_until(starts_at: datetime, *, now: datetime, minutes: int, near_minutes: int) -> datetime:
    """Return until when an offer waits: shorter when the time is less than a day ahead, never until it begins."""
    is_near = starts_at - now < timedelta(minutes=NEAR_MINUTES)
    return min(now + timedelta(minutes=near_minutes if is_near else minutes), starts_at - LATEST_ANSWER_AHEAD)

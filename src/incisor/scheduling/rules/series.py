"""How far apart the visits of a series are, and which free time suits the next of them best."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

# What a day beside the ideal one costs; the same hour and the same dentist are worth some days.
HOUR_COST, MOST_HOURS = 0.25, 8.0
OTHER_DENTIST_COST = 4.0
# When no day of the window is free, how much later a visit may still be proposed, with a word that it is late.
LATE_DAYS = 14


class Days(NamedTuple):
    """Days since the visit before: at least, best, at most."""

    least: int
    ideal: int
    most: int


class Chance(NamedTuple):
    """A free time for a visit of the series."""

    dentist: Any
    chair: Any
    start: int
    day: date
    hour: float


def window(previous: date, days: Days, *, is_late: bool = False) -> tuple[date, date]:
    """Return the first and last day on which the next visit may be. is_late: with the days after it."""
    return previous + timedelta(days=days.least), previous + timedelta(days=days.most + (LATE_DAYS if is_late else 0))


def choose(
    chances: Iterable[Chance], *, previous: date, days: Days, hour: float, dentist: Any, only_dentist: bool
) -> Chance | None:
    """Return the time to propose: near the ideal day, at the same hour, with the same dentist; None when nothing fits.

    only_dentist: never another dentist. Days after the window only when the window has nothing.
    """
    first, last = window(previous, days)
    late = window(previous, days, is_late=True)[1]
    ideal = previous + timedelta(days=days.ideal)

    def cost(one: Chance) -> tuple[bool, float, int]:
        away = abs((one.day - ideal).days) + HOUR_COST * min(abs(one.hour - hour), MOST_HOURS)
        return one.day > last, away + (OTHER_DENTIST_COST if one.dentist != dentist else 0), one.start

    possible = [one for one in chances if first <= one.day <= late and (not only_dentist or one.dentist == dentist)]
    return min(possible, key=cost, default=None)


def is_late(day: date, *, previous: date, days: Days) -> bool:
    """Tell whether a visit lies after its window."""
    return day > window(previous, days)[1]


def out_of_step(visits: Sequence[date | None], days: Sequence[Days]) -> list[int]:
    """Return the positions of visits that lie too near to the one before, or too far from it. None: without a time."""
    wrong, previous = [], None
    for position, (day, apart) in enumerate(zip(visits, days, strict=True)):
        if day is None:
            continue
        if previous is not None and not apart.least <= (day - previous).days <= apart.most:
            wrong.append(position)
        previous = day
    return wrong

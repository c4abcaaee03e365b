"""What the calendar shows beside its cards: how full a day is, which gaps are left, what a filter lets through.

Plain values; times in whole minutes since 1970 (`kernel.spans`), people and treatments by their ids as text.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from incisor.kernel.spans import Span, joined, without

# From which part of the open minutes on a day is quiet, half full, busy, nearly full, full. Above the last: overbooked.
LEVELS = (1, 40, 65, 85, 100)
SHORTEST_GAP = 15
ZOOMS = (5, 10, 15)


@dataclass(frozen=True)
class Load:
    """How full a time is. open_minutes: in which dentists take patients; booked_minutes: of those and beyond them."""

    open_minutes: int = 0
    booked_minutes: int = 0
    count: int = 0

    @property
    def percent(self) -> int | None:
        """What of the open minutes is booked, rounded; None where nobody works."""
        return round(100 * self.booked_minutes / self.open_minutes) if self.open_minutes else None

    @property
    def level(self) -> int:
        """0 empty to 5 full or more, for the colour. Booked where nobody works counts as full."""
        percent = self.percent
        if percent is None:
            return len(LEVELS) if self.booked_minutes else 0
        return bisect_right(LEVELS, percent)

    @property
    def free_minutes(self) -> int:
        """What is left, never below 0."""
        return max(self.open_minutes - self.booked_minutes, 0)

    @property
    def free_hours(self) -> float:
        """What is left, in hours with one decimal."""
        return round(self.free_minutes / 60, 1)


def split(spans: Iterable[Span], bounds: Sequence[int]) -> list[list[Span]]:
    """Return for each stretch between neighbouring bounds the parts of the spans that lie in it. bounds: rising."""
    parts: list[list[Span]] = [[] for _ in bounds[1:]]
    for start, end in spans:
        index = max(bisect_right(bounds, start) - 1, 0)
        while index < len(parts) and bounds[index] < end:
            low, high = max(start, bounds[index]), min(end, bounds[index + 1])
            if low < high:
                parts[index].append((low, high))
            index += 1
    return parts


def loads(
    bounds: Sequence[int], *, working: Mapping[Hashable, Iterable[Span]], taken: Mapping[Hashable, Iterable[Span]]
) -> list[Load]:
    """Return how full each stretch between the bounds is.

    working: the minutes of each dentist in which patients are taken, blocks left out; taken: the appointments of each
    dentist. Two appointments of one dentist at the same time fill those minutes once; each counts in the stretch in
    which it begins.
    """
    stretches = len(bounds) - 1
    opened, booked, count = [0] * stretches, [0] * stretches, [0] * stretches
    for spans in working.values():
        for number, part in enumerate(split(spans, bounds)):
            opened[number] += minutes_in(part)
    for spans in taken.values():
        own = list(spans)
        for number, part in enumerate(split(own, bounds)):
            booked[number] += minutes_in(part)
        for start, _end in own:
            number = bisect_right(bounds, start) - 1
            if 0 <= number < stretches:
                count[number] += 1
    return [Load(*figures) for figures in zip(opened, booked, count, strict=True)]


def minutes_in(spans: Iterable[Span]) -> int:
    """Return how many minutes lie in the spans, each once."""
    return sum(end - start for start, end in joined(spans))


def gaps(
    day: Iterable[Span], *, off: Iterable[Span], taken: Iterable[Span], now: int, shortest: int = SHORTEST_GAP
) -> list[Span]:
    """Return the gaps that can still be booked: neither off nor taken nor past, and not too short to be of use."""
    past = [(-1, now + -now % 5)]
    return [(start, end) for start, end in without(day, [*off, *taken, *past]) if end - start >= shortest]


@dataclass(frozen=True)
class CardFilter:
    """What somebody wants to see; an empty set means everything. procedure: ids, specialty: of the dentist."""

    dentist: frozenset[str] = frozenset()
    specialty: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    procedure: frozenset[str] = frozenset()
    channel: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is wanted."""
        return not any(getattr(self, field.name) for field in fields(self))

    def wants_dentist(self, dentist: Hashable, specialties: Iterable[str]) -> bool:
        """Tell whether the dentist's column is wanted."""
        return (not self.dentist or str(dentist) in self.dentist) and (
            not self.specialty or not self.specialty.isdisjoint(specialties)
        )

    def wants(
        self, *, dentist: Hashable, specialties: Iterable[str], status: str, procedures: Iterable[object], channel: str
    ) -> bool:
        """Tell whether an appointment is wanted: it must fit every kind of choice that was made."""
        return (
            self.wants_dentist(dentist, specialties)
            and (not self.status or status in self.status)
            and (not self.channel or channel in self.channel)
            and (not self.procedure or not self.procedure.isdisjoint(map(str, procedures)))
        )

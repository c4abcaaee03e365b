"""A day of a clinic, played in memory: who comes when, how long it really takes, who is called. Nothing of it is known
to the rules but what a desk knows too. Minutes since the doors open; the same seed plays the same day.
"""

import heapq
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from incisor.reception.rules.queue import Waiting, next_to_call, place_of
from incisor.reception.rules.waits import InLine, Length, Range, Treating, expected_waits, left_of, lengths_of

OPENS = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CLOSES = 9 * 60
TURNOVER = 4
# kind: minutes planned, real share of it on average, spread of that. The rules do not see the last two.
KINDS = {
    "exam": (20, 0.9, 0.25),
    "cleaning": (40, 1.0, 0.18),
    "filling": (40, 1.1, 0.3),
    "root": (60, 1.15, 0.3),
    "extraction": (30, 1.05, 0.4),
    "ortho": (20, 1.1, 0.25),
}
WALK_IN = (30, 0.8, 0.4)


@dataclass
class Guest:
    """Somebody who comes, or not. real: minutes in the chair."""

    number: int
    kind: str
    planned: int
    real: float
    dentist: int | None = None
    due: float | None = None
    arrives: float | None = None
    is_emergency: bool = False
    is_urgent: bool = False
    seated: float | None = None
    told: Range | None = None

    @property
    def entry(self):
        """The guest as the order of calling sees it."""
        return Waiting(
            key=self.number,
            number=self.number,
            arrived_at=OPENS + timedelta(minutes=self.arrives or 0),
            due_at=None if self.due is None else OPENS + timedelta(minutes=self.due),
            is_emergency=self.is_emergency,
            is_urgent=self.is_urgent,
            dentist=self.dentist,
        )


@dataclass
class Day:
    """What happened. late: minutes that dentist 0 came late, which everybody knew. down_at: when a chair failed."""

    guests: list[Guest]
    dentists: int
    chairs: int
    late: float = 0.0
    down_at: float | None = None
    lengths: dict[str, Length] = field(default_factory=dict)

    def ratios(self):
        """What the clinic could measure on this day: real minutes by those planned."""
        found = {}
        for one in self.guests:
            if one.seated is not None:
                found.setdefault(one.kind, []).append(one.real / one.planned)
        return found

    @property
    def told(self):
        """Every promise with what came of it."""
        return [
            (one.told.low, one.told.high, one.seated - one.arrives)
            for one in self.guests
            if one.told is not None and one.seated is not None
        ]


def _real(chance, planned, mean, spread):
    return max(4.0, planned * max(0.3, chance.lognormvariate(0, spread) * mean))


def invent(seed):
    """Return a day before it begins: about 80 who come, some late, some not at all, walk-ins and emergencies between."""
    chance = random.Random(seed)
    dentists = chance.choice([3, 5, 7])
    guests = []
    for dentist in range(dentists):
        minute = chance.choice([0, 0, 10, 30])
        while minute < CLOSES - 30:
            kind = chance.choice(list(KINDS))
            planned, mean, spread = KINDS[kind]
            comes = None if chance.random() < 0.07 else max(0.0, minute + chance.gauss(-6, 9))
            if comes is not None and chance.random() < 0.06:
                comes = minute + chance.uniform(12, 35)
            real = _real(chance, planned, mean, spread)
            guests.append(Guest(0, kind, planned, real, dentist, float(minute), comes))
            minute += planned + (chance.choice([10, 20, 30, 40]) if chance.random() < 0.7 else 0)
    for urgent, emergency, count in ((False, False, 5), (True, False, 3), (False, True, 2)):
        for _one in range(count):
            planned, mean, spread = WALK_IN
            real = _real(chance, planned, mean, spread)
            whom = chance.randrange(dentists) if not emergency and chance.random() < 0.4 else None
            arrives = chance.uniform(5, CLOSES - 90)
            guests.append(Guest(0, "walk_in", planned, real, whom, None, arrives, emergency, urgent))
    guests.sort(key=lambda one: one.arrives if one.arrives is not None else one.due)
    for number, one in enumerate(guests, start=1):
        one.number = number
    down_at = chance.uniform(60, 300) if chance.random() < 0.3 else None
    return Day(guests, dentists, dentists, chance.choice([0, 0, 10, 25]), down_at), chance


def play(seed, lengths=None):
    """Play the day to its end. lengths: what the clinic has learned; with it everybody is told a range on arrival."""
    day, chance = invent(seed)
    day.lengths = lengths or {}
    busy = {}  # dentist: guest, since when
    free_at = {dentist: (day.late if dentist == 0 else 0.0) for dentist in range(day.dentists)}
    waiting = []
    moments = [(one.arrives, one.number) for one in day.guests if one.arrives is not None]
    moments += [(at, 0) for at in free_at.values()]
    heapq.heapify(moments)
    by_number = {one.number: one for one in day.guests}
    while moments:
        at, number = heapq.heappop(moments)
        for dentist, (guest, since) in list(busy.items()):
            if since + guest.real <= at:
                del busy[dentist]
        if number:
            guest = by_number[number]
            waiting.append(guest)
            if lengths is not None:
                guest.told = promise(day, guest, waiting, busy, free_at, at)
        chairs = day.chairs - (1 if day.down_at is not None and at >= day.down_at else 0)
        for dentist in sorted(free_at, key=lambda one: free_at[one]):
            if dentist in busy or free_at[dentist] > at or len(busy) >= chairs:
                continue
            mine = {one.number: one for one in waiting if one.dentist in {None, dentist}}
            first = next_to_call(one.entry for one in mine.values())
            if first is None:
                continue
            guest = mine[first.key]
            waiting.remove(guest)
            guest.seated = at
            busy[dentist] = (guest, at)
            free_at[dentist] = at + guest.real + max(1.0, chance.gauss(TURNOVER, 2))
            heapq.heappush(moments, (at + guest.real, 0))
            heapq.heappush(moments, (free_at[dentist], 0))
    return day


def promise(day, guest, waiting, busy, free_at, at):
    """Return what the rules say to somebody who has just come, from what a desk knows at that moment."""

    def length(kind):
        return day.lengths.get(kind) or day.lengths.get("") or Length()

    dentists = []
    for dentist in range(day.dentists):
        if dentist in busy:
            other, since = busy[dentist]
            left, spread = left_of(planned=other.planned, length=length(other.kind), passed=at - since)
            dentists.append(Treating(key=dentist, free_in=left + TURNOVER, spread=spread))
        elif dentist == 0 and free_at[dentist] == day.late and at < day.late:
            dentists.append(Treating(key=dentist, late_by=day.late - at, spread=4))
        else:
            dentists.append(Treating(key=dentist, free_in=1.0))
    line = [_in_line(one, length(one.kind), 0.0, 1.0) for one in waiting]
    for one in day.guests:
        if one.due is None or one in waiting or one.seated is not None or not at - 40 < one.due < at + 120:
            continue
        line.append(_in_line(one, length(one.kind), max(0.0, one.due - 5 - at), 0.93 if one.due > at else 0.6, one.due))
    chairs = [one.free_in for one in dentists]
    if day.down_at is not None and at >= day.down_at:
        chairs.remove(min(chairs) if not busy else max(chairs))
    return expected_waits(dentists, line, turnover=TURNOVER, chairs=chairs).get(guest.number)


def _in_line(one, length, comes_in, weight, comes=None):
    place = place_of(one.entry if comes is None else Guest(one.number, one.kind, 0, 0, one.dentist, comes, comes).entry)
    return InLine(
        key=one.number,
        place=place,
        dentist=one.dentist,
        comes_in=comes_in,
        minutes=one.planned * length.mean,
        spread=one.planned * length.spread,
        weight=weight,
    )


def learned(days):
    """Return the lengths that these days teach."""
    ratios = {}
    for seed in days:
        for kind, found in play(seed).ratios().items():
            ratios.setdefault(kind, []).extend(found)
    return lengths_of(ratios)

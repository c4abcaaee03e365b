"""How long somebody will wait, as a range, reckoned from what is really going on (REQUIREMENTS REC-1, REC-4).

The day is played forward with the expected lengths: each dentist calls whoever is next by the order of calling, on a
chair that is free. The spread of every length that lies before a patient adds up, so the range is narrow for the next
one and wide for the sixth.
"""

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# From the calibration in tests/reception/test_calibration.py: so many spreads below and above the expected wait.
BELOW, ABOVE = 1.2, 1.6
# What no length explains: the way to the chair, a word with the dentist, an emergency in between (minutes).
UNREST = 4.0
STEP = 5
MOST = 240
# Before a clinic has lengths of its own: real minutes as a share of those planned, and their spread.
PRIOR_MEAN, PRIOR_SPREAD, PRIOR_WEIGHT = 1.0, 0.3, 8


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long treatments of a kind really take, as a share of the minutes planned. count: measured so often."""

    mean: float = PRIOR_MEAN
    spread: float = PRIOR_SPREAD
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Treating:
    """A dentist on duty. free_in: minutes until free, 0 for now; spread: how uncertain that is.

    late_by: minutes that the dentist says to be late.
    """

    key: Hashable
    free_in: float = 0.0
    spread: float = 0.0
    late_by: float = 0.0


@dataclass(frozen=True, kw_only=True)
class InLine:
    """Somebody in the order of calling. comes_in: minutes until here, 0 for who waits. weight: how likely at all.

    place: as rules.queue.place_of has it. minutes, spread: of the treatment.
    """

    key: Hashable
    place: tuple[Any, ...]
    dentist: Hashable | None = None
    comes_in: float = 0.0
    minutes: float = 30.0
    spread: float = 9.0
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Range:
    """Minutes from now, on a grid of five: at least low, at most high, as far as one can tell."""

    low: int
    high: int

    def __contains__(self, minutes: float) -> bool:
        return self.low <= minutes <= self.high


def lengths_of(ratios: Mapping[str, Sequence[float]]) -> dict[str, Length]:
    """Return mean and spread of each kind; few measurements lean on those of all kinds, and these on the house value."""
    everything = [ratio for found in ratios.values() for ratio in found]
    overall = _length(everything, Length())
    return {"": overall} | {kind: _length(found, overall) for kind, found in ratios.items() if found}


def _length(ratios: Sequence[float], prior: Length) -> Length:
    count = len(ratios)
    mean = (sum(ratios) + PRIOR_WEIGHT * prior.mean) / (count + PRIOR_WEIGHT)
    around = sum((ratio - mean) ** 2 for ratio in ratios) + PRIOR_WEIGHT * prior.spread**2
    return Length(mean=mean, spread=math.sqrt(around / (count + PRIOR_WEIGHT)), count=count)


def left_of(*, planned: float, length: Length, passed: float, said: float | None = None) -> tuple[float, float]:
    """Return how many minutes a treatment will go on, and the spread of that.

    planned: minutes booked; passed: since the patient sat down; said: minutes left as the chair says. The longer it has
    gone on, the less the plan says: what has lasted longer than expected lasts a little longer still.
    """
    if said is not None:
        return max(said, 1.0), 3.0
    mean, spread = planned * length.mean, max(planned * length.spread, 1.0)
    # the mean of a normal length given that it is longer than what has passed already
    beyond = (passed - mean) / spread
    tail = 0.5 * math.erfc(beyond / math.sqrt(2))
    if tail < 1e-4:
        return spread / 3, spread / 3
    hazard = math.exp(-beyond * beyond / 2) / math.sqrt(2 * math.pi) / tail
    rest = mean + spread * hazard - passed
    share = 1 + beyond * hazard - hazard * hazard
    return max(rest, 1.0), spread * math.sqrt(max(share, 0.05))


def expected_waits(
    dentists: Sequence[Treating], line: Sequence[InLine], *, turnover: float, chairs: Sequence[float] = ()
) -> dict[Hashable, Range]:
    """Return the range of minutes until each in the line is called to the chair.

    turnover: minutes between two patients of a dentist. chairs: minutes until each chair can be used; more dentists
    than chairs have to wait for one. Whose dentist is not on duty gets no range.
    """
    if not dentists:
        return {}
    free = {one.key: max(one.free_in, one.late_by) for one in dentists}
    spread = {one.key: one.spread for one in dentists}
    places = sorted(chairs) or [0.0] * len(free)
    left = sorted(line, key=lambda one: one.place)
    found: dict[Hashable, Range] = {}
    while left:
        found_next = _next(left, free, places[0])
        if found_next is None:
            break  # whoever is left waits for somebody who is not here
        one, dentist, begins = found_next
        left.remove(one)
        found[one.key] = _range(begins, math.hypot(spread[dentist], UNREST))
        idle = max(0.0, begins - max(free[dentist], places[0]))
        kept = max(0.0, spread[dentist] - idle)  # a pause takes up what went too long before it
        busy = (one.minutes + turnover) * one.weight
        free[dentist] = begins + busy
        spread[dentist] = math.hypot(kept, one.spread * one.weight, 0.4 * one.minutes * (1 - one.weight))
        places[0] = begins + busy
        places.sort()
    return found


def _next(
    left: Sequence[InLine], free: Mapping[Hashable, float], chair: float
) -> tuple[InLine, Hashable, float] | None:
    """Return who is called next, by whom and when: the dentist who is free first calls the first who is there."""
    best: tuple[float, tuple[Any, ...], bool] | None = None
    chosen: tuple[InLine, Hashable, float] | None = None
    for dentist, at in free.items():
        ready = max(at, chair)
        mine = [one for one in left if one.dentist is None or one.dentist == dentist]
        if not mine:
            continue
        there = next((one for one in mine if one.comes_in <= ready), None)
        one = there or min(mine, key=lambda other: other.comes_in)
        begins = max(ready, one.comes_in)
        # of several dentists who are free at once, one without own patients takes those who go to anybody
        rank = (begins, one.place, any(other.dentist == dentist for other in mine))
        if best is None or rank < best:
            best, chosen = rank, (one, dentist, begins)
    return chosen


def _range(expected: float, spread: float) -> Range:
    low = math.floor(max(0.0, expected - BELOW * spread) / STEP) * STEP
    high = math.ceil(max(expected + ABOVE * spread, STEP) / STEP) * STEP
    return Range(low=min(low, MOST - STEP), high=min(max(high, low + STEP), MOST))


def kept_share(told: Collection[tuple[int, int, float]]) -> float | None:
    """Return which share of promises was kept, between 0 and 1; None without any. told: low, high, real minutes."""
    return sum(low <= real <= high for low, high, real in told) / len(told) if told else None

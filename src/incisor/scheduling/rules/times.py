"""Whether an appointment may stand at a time, and which times are free.

Times are whole minutes since 1970 in UTC (`kernel.spans`). An appointment takes its patient from start to end, its
dentist and chair from start to end plus buffer. Working hours, closures and blocks concern start to end only: the
chair is cleaned after closing time too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from incisor.clinics.enums import Specialty
from incisor.clinics.rules import Opening
from incisor.kernel.clock import GRID_MINUTES
from incisor.kernel.spans import Span, common, covers, meet, without
from incisor.scheduling.enums import ConflictKind as K
from incisor.staff.rules import Duty, working_on

MAX_MINUTES = 480
DEFAULT_MINUTES = 30
SPECIALIST_ONLY = frozenset({Specialty.ORTHODONTICS, Specialty.IMPLANTS})
FAR = 1 << 60
# What nobody may overbook: the past, the grid, the law, what a chair cannot do, a patient in two places.
HARD = frozenset({K.PAST, K.GRID, K.LENGTH, K.LICENCE, K.CAPABILITY, K.PATIENT})


@dataclass(frozen=True)
class Need:
    """What a booking needs. specialties: of the procedures; high_risk: of those, the ones that need a specialist."""

    minutes: int
    buffer: int = 0
    chair: frozenset[str] = frozenset()
    specialties: frozenset[str] = frozenset()
    strict_specialties: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Taken:
    """A time that somebody or something is taken. is_block: entered by hand (lunch, meeting), label: its reason."""

    span: Span
    is_block: bool = False
    label: str = ""


@dataclass(frozen=True)
class Wish:
    """What is asked for. minutes: the treatment; buffer: minutes that dentist and chair need after it."""

    dentist: Any
    chair: Any
    start: int
    minutes: int
    buffer: int = 0
    needs: frozenset[str] = frozenset()

    @property
    def span(self) -> Span:
        return self.start, self.start + self.minutes

    @property
    def blocked(self) -> Span:
        return self.start, self.start + self.minutes + self.buffer


@dataclass(frozen=True)
class Surroundings:
    """All that decides about times in one clinic over some days. Dentists and chairs by id; day_of: local date of a minute."""

    opening: Opening
    duty: Mapping[Any, Duty]
    day_of: Callable[[int], date]
    dentist_taken: Mapping[Any, tuple[Taken, ...]] = field(default_factory=dict)
    chair_taken: Mapping[Any, tuple[Taken, ...]] = field(default_factory=dict)
    patient_taken: tuple[Span, ...] = ()
    licence_ends: Mapping[Any, int | None] = field(default_factory=dict)  # the first minute without it
    abilities: Mapping[Any, frozenset[str]] = field(default_factory=dict)
    usual_chairs: Mapping[Any, Any] = field(default_factory=dict)

    def working(self, dentist: Any) -> list[Span]:
        """Return the minutes in which the dentist takes patients here, taken or not."""
        duty = self.duty.get(dentist, Duty())
        return working_on(rostered=duty.rostered, opened=self.opening.open, leave=duty.leave)


@dataclass(frozen=True)
class Conflict:
    """Why the wish cannot stand. detail: what a person entered (reason of the closure, of the block), may be empty."""

    kind: K
    detail: str = ""


def need_of(procedures: Iterable[Any], *, minutes: int | None = None) -> Need:
    """Return what the procedures need together. minutes: the length asked for, else the sum of their usual lengths.

    One buffer follows the whole appointment: the longest of its procedures. procedures: as `clinics.models.Procedure`.
    """
    rows = list(procedures)
    usual = sum(row.duration_minutes for row in rows) or DEFAULT_MINUTES
    return Need(
        minutes=minutes if minutes is not None else min(usual + -usual % GRID_MINUTES, MAX_MINUTES),
        buffer=max((_on_grid(row.buffer_after_minutes) for row in rows), default=0),
        chair=frozenset(need for row in rows for need in row.chair_needs),
        specialties=frozenset(row.specialty for row in rows if row.specialty != Specialty.GENERAL),
        strict_specialties=frozenset(
            row.specialty for row in rows if row.specialty in SPECIALIST_ONLY or row.is_high_risk
        )
        - {Specialty.GENERAL},
    )


def _on_grid(minutes: int) -> int:
    return minutes + -minutes % GRID_MINUTES


def suits(need: Need, specialties: Iterable[str]) -> bool:
    """Tell whether a dentist with these specialties may be proposed for the need.

    Who has the specialty may; a general dentist may too, except where only specialists should work. Advice for
    proposals, not a conflict: the desk may book any dentist.
    """
    own = frozenset(specialties)
    return need.specialties <= own or (Specialty.GENERAL in own and need.strict_specialties <= own)


def conflicts(wish: Wish, around: Surroundings, *, now: int | None) -> list[Conflict]:
    """Return every reason against the wish, none when it may stand. now: None for what may lie in the past."""
    return [*_time_conflicts(wish, now), *_place_conflicts(wish, around), *_person_conflicts(wish, around)]


def _time_conflicts(wish: Wish, now: int | None) -> Iterator[Conflict]:
    if now is not None and wish.start < now - now % GRID_MINUTES:
        yield Conflict(K.PAST)
    if wish.start % GRID_MINUTES or wish.minutes % GRID_MINUTES:
        yield Conflict(K.GRID)
    if not GRID_MINUTES <= wish.minutes <= MAX_MINUTES:
        yield Conflict(K.LENGTH)


def _place_conflicts(wish: Wish, around: Surroundings) -> Iterator[Conflict]:
    day = around.day_of(wish.start)
    if not covers(around.opening.hours, wish.span):
        holiday = around.opening.holidays.get(day)
        yield Conflict(K.HOLIDAY, holiday) if holiday is not None else Conflict(K.CLOSED)
    for row in around.opening.shut:
        if row.chair in (None, wish.chair) and meet(row.span, wish.span):
            yield Conflict(K.CLOSURE, row.reason)
    if not wish.needs <= around.abilities.get(wish.chair, frozenset()):
        yield Conflict(K.CAPABILITY)
    yield from _taken(around.chair_taken.get(wish.chair, ()), wish, K.CHAIR)


def _person_conflicts(wish: Wish, around: Surroundings) -> Iterator[Conflict]:
    duty = around.duty.get(wish.dentist, Duty())
    if any(meet(span, wish.span) for span in duty.leave):
        yield Conflict(K.LEAVE)
    elif not covers(duty.rostered, wish.span):
        yield Conflict(K.ROSTER)
    licence_ends = around.licence_ends.get(wish.dentist)
    if licence_ends is not None and wish.start >= licence_ends:
        yield Conflict(K.LICENCE)
    yield from _taken(around.dentist_taken.get(wish.dentist, ()), wish, K.DENTIST)
    if any(meet(span, wish.span) for span in around.patient_taken):
        yield Conflict(K.PATIENT)


def _taken(taken: Iterable[Taken], wish: Wish, kind: K) -> Iterator[Conflict]:
    is_busy = False
    for row in taken:
        if row.is_block and meet(row.span, wish.span):
            yield Conflict(K.BLOCK, row.label)
        elif not row.is_block and not is_busy and meet(row.span, wish.blocked):
            is_busy = True
            yield Conflict(kind)


def free_starts(
    around: Surroundings,
    *,
    dentists: Iterable[Any],
    chairs: Iterable[Any],
    minutes: int,
    buffer: int = 0,
    needs: frozenset[str] = frozenset(),
    now: int | None = None,
) -> dict[Any, dict[Any, list[Span]]]:
    """Return, by dentist and then chair, the spans of minutes at which an appointment of that length may begin.

    Exactly the starts for which `conflicts` finds nothing, before they are put on the grid.
    """
    length, blocked = minutes, minutes + buffer
    after_patients = _kept_away(around.patient_taken, length)
    past = [(-FAR, now - now % GRID_MINUTES)] if now is not None else []
    able = [chair for chair in chairs if needs <= around.abilities.get(chair, frozenset())]
    by_chair = {chair: _chair_starts(around, chair, length, blocked) for chair in able}
    result: dict[Any, dict[Any, list[Span]]] = {}
    for dentist in dentists:
        rows = around.dentist_taken.get(dentist, ())
        blocks = [row.span for row in rows if row.is_block]
        room = _room_for(without(around.working(dentist), blocks), length)
        busy = _kept_away([row.span for row in rows if not row.is_block], blocked)
        licence_ends = around.licence_ends.get(dentist)
        unlicensed = [] if licence_ends is None else [(licence_ends, FAR)]
        mine = without(room, [*busy, *after_patients, *past, *unlicensed])
        result[dentist] = {chair: common(mine, starts) for chair, starts in by_chair.items()}
    return result


def _chair_starts(around: Surroundings, chair: Any, length: int, blocked: int) -> list[Span]:
    rows = around.chair_taken.get(chair, ())
    hindered = [row.span for row in rows if row.is_block] + around.opening.shut_chair(chair)
    room = _room_for(without(around.opening.open, hindered), length)
    return without(room, _kept_away([row.span for row in rows if not row.is_block], blocked))


def _room_for(spans: Iterable[Span], length: int) -> list[Span]:
    """The starts from which `length` minutes stay inside one span."""
    return [(start, end - length + 1) for start, end in spans if end - start >= length]


def _kept_away(spans: Iterable[Span], length: int) -> list[Span]:
    """The starts from which `length` minutes would touch one of the spans."""
    return [(start - length + 1, end) for start, end in spans if start < end]


def grid_starts(spans: Iterable[Span], *, step: int = GRID_MINUTES) -> list[int]:
    """Return the starts in the spans: on the step, and the first on the grid of each span so that no gap is left before it."""
    result: list[int] = []
    for start, end in spans:
        first = start + -start % GRID_MINUTES
        if first >= end:
            continue
        result.append(first)
        result.extend(range(first + (-first % step or step), end, step))
    return result


def chair_for(by_chair: Mapping[Any, Iterable[Span]], start: int, *, usual: Any) -> Any | None:
    """Return the chair to use at that start: the usual one if it can, else the first that can, None when none can."""
    ordered = sorted(by_chair, key=lambda chair: chair != usual)
    return next((chair for chair in ordered if any(a <= start < b for a, b in by_chair[chair])), None)


def nearest_starts(spans: Iterable[Span], wanted: int) -> list[int]:
    """Return the free starts on the grid, those nearest to the wanted minute first."""
    return sorted(grid_starts(spans), key=lambda start: (abs(start - wanted), start))

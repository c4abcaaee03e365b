"""Whether an appointment may stand at a time, and which times are free.

Times are whole minutes since 1970 in UTC (`kernel.spans`). An appointment takes its patient from start to end, its
chair and assistant with the buffers before and after, its dentist in those minutes only in which the dentist's own
hands are needed. Working hours, closures and blocks do not concern the buffers: the chair is cleaned after closing
time too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from incisor.clinics.enums import ChairNeed
from incisor.clinics.rules import Opening
from incisor.kernel.clock import GRID_MINUTES
from incisor.kernel.spans import Span, common, covers, meet, overlap, without
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.rules.needs import MAX_MINUTES, Need, Spans, with_buffers
from incisor.staff.rules import Duty, working_on

FAR = 1 << 60
# What nobody may overbook: the past, the grid, the law, what a chair cannot do, a patient in two places.
HARD = frozenset({K.PAST, K.GRID, K.LENGTH, K.LICENCE, K.CAPABILITY, K.PATIENT})
CHAIR_WORDS = dict(ChairNeed.choices)


class Taken(NamedTuple):
    """A time that somebody or something is taken. is_block: entered by hand (lunch, meeting), label: its reason.

    kind: what to say instead of the usual: of a block, why it stands in the way; HELD for a time that is held.
    """

    span: Span
    is_block: bool = False
    label: str = ""
    kind: K | None = None


@dataclass(frozen=True)
class Wish:
    """What is asked for. minutes: the treatment; before, buffer: minutes that the chair needs before and after it.

    busy: when the dentist's own hands are needed, offsets from the start; empty: all the time. assistant: None for none.
    """

    dentist: Any
    chair: Any
    start: int
    minutes: int
    buffer: int = 0
    needs: frozenset[str] = frozenset()
    before: int = 0
    busy: Spans = ()
    assistant: Any = None

    @property
    def span(self) -> Span:
        return self.start, self.start + self.minutes

    @property
    def blocked(self) -> Span:
        return self.start - self.before, self.start + self.minutes + self.buffer

    @property
    def hands(self) -> list[Span]:
        return [(self.start + first, self.start + last) for first, last in self.busy or ((0, self.minutes),)]

    @property
    def taken(self) -> list[Span]:
        offsets = with_buffers(
            self.busy or ((0, self.minutes),), minutes=self.minutes, before=self.before, after=self.buffer
        )
        return [(self.start + first, self.start + last) for first, last in offsets]


def wish_of(need: Need, *, dentist: Any, chair: Any, start: int, assistant: Any = None) -> Wish:
    """Return the wish for that need at a time and place."""
    return Wish(dentist, chair, start, need.minutes, need.buffer, need.chair, need.before, need.busy, assistant)


@dataclass(frozen=True)
class Surroundings:
    """All that decides about times in one clinic over some days. Dentists and chairs by id; day_of: local date of a minute.

    Assistants stand among the dentists, in duty, dentist_busy and dentist_taken. dentist_busy, chair_busy: appointments,
    plain spans because they are thousands; dentist_taken, chair_taken: holds and blocks, with their words. full: by dentist (None: for everybody) the days, as
    spans, on which a daily limit is reached; blocks and limits are those that concern the booking at hand.
    """

    opening: Opening
    duty: Mapping[Any, Duty]
    day_of: Callable[[int], date]
    dentist_busy: Mapping[Any, Sequence[Span]] = field(default_factory=dict)
    chair_busy: Mapping[Any, Sequence[Span]] = field(default_factory=dict)
    dentist_taken: Mapping[Any, tuple[Taken, ...]] = field(default_factory=dict)
    chair_taken: Mapping[Any, tuple[Taken, ...]] = field(default_factory=dict)
    patient_taken: tuple[Span, ...] = ()
    licence_ends: Mapping[Any, int | None] = field(default_factory=dict)  # the first minute without it
    abilities: Mapping[Any, frozenset[str]] = field(default_factory=dict)
    usual_chairs: Mapping[Any, Any] = field(default_factory=dict)
    patient_held: tuple[Taken, ...] = ()
    full: Mapping[Any, tuple[Taken, ...]] = field(default_factory=dict)

    def working(self, dentist: Any) -> list[Span]:
        """Return the minutes in which the dentist takes patients here, taken or not."""
        duty = self.duty.get(dentist, Duty())
        return working_on(rostered=duty.rostered, opened=self.opening.open, leave=duty.leave)

    def taken_of(self, dentist: Any) -> list[Span]:
        """Return every time that the dentist is taken, by whatever."""
        return [*self.dentist_busy.get(dentist, ()), *(row.span for row in self.dentist_taken.get(dentist, ()))]

    def full_for(self, dentist: Any) -> tuple[Taken, ...]:
        """Return the days on which the dentist takes no more of these treatments."""
        return (*self.full.get(None, ()), *self.full.get(dentist, ()))


@dataclass(frozen=True)
class Conflict:
    """Why the wish cannot stand. detail: what a person entered (reason of the closure, of the block), may be empty."""

    kind: K
    detail: str = ""


def conflicts(wish: Wish, around: Surroundings, *, now: int | None) -> list[Conflict]:
    """Return every reason against the wish, none when it may stand. now: None for what may lie in the past."""
    found = [
        *_time_conflicts(wish, now),
        *_place_conflicts(wish, around),
        *_person_conflicts(wish, around),
        *_assistant_conflicts(wish, around),
    ]
    return list(dict.fromkeys(found))


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
    lacking = wish.needs - around.abilities.get(wish.chair, frozenset())
    if lacking:
        yield Conflict(K.CAPABILITY, ", ".join(chair_words(code) for code in sorted(lacking)))
    yield from _busy(around.chair_busy.get(wish.chair, ()), [wish.blocked], K.CHAIR)
    yield from _taken(around.chair_taken.get(wish.chair, ()), [wish.span], [wish.blocked], K.CHAIR)


def chair_words(code: str) -> str:
    """What a code of a chair's equipment is called."""
    return str(CHAIR_WORDS.get(code, code.removeprefix("equipment:")))


def _person_conflicts(wish: Wish, around: Surroundings) -> Iterator[Conflict]:
    duty = around.duty.get(wish.dentist, Duty())
    if any(meet(span, part) for span in duty.leave for part in wish.hands):
        yield Conflict(K.LEAVE)
    elif not all(covers(duty.rostered, part) for part in wish.hands):
        yield Conflict(K.ROSTER)
    licence_ends = around.licence_ends.get(wish.dentist)
    if licence_ends is not None and wish.start >= licence_ends:
        yield Conflict(K.LICENCE)
    yield from _busy(around.dentist_busy.get(wish.dentist, ()), wish.taken, K.DENTIST)
    yield from _taken(around.dentist_taken.get(wish.dentist, ()), wish.hands, wish.taken, K.DENTIST)
    if any(meet(span, wish.span) for span in around.patient_taken):
        yield Conflict(K.PATIENT)
    yield from _taken(around.patient_held, [wish.span], [wish.span], K.HELD)
    for row in around.full_for(wish.dentist):
        if row.span[0] <= wish.start < row.span[1]:
            yield Conflict(K.LIMIT, row.label)


def _assistant_conflicts(wish: Wish, around: Surroundings) -> Iterator[Conflict]:
    if wish.assistant is None:
        return
    duty = around.duty.get(wish.assistant, Duty())
    if not covers(without(duty.rostered, duty.leave), wish.span):
        yield Conflict(K.ASSISTANT_AWAY)
    yield from _busy(around.dentist_busy.get(wish.assistant, ()), [wish.blocked], K.ASSISTANT)
    yield from _taken(around.dentist_taken.get(wish.assistant, ()), [wish.span], [wish.blocked], K.ASSISTANT)


def _busy(busy: Iterable[Span], parts: list[Span], kind: K) -> Iterator[Conflict]:
    if any(start < part[1] and part[0] < end for start, end in busy for part in parts):
        yield Conflict(kind)


def _taken(taken: Iterable[Taken], inner: list[Span], outer: list[Span], kind: K) -> Iterator[Conflict]:
    """inner: what blocks must not touch; outer: with the buffers, what appointments must not touch."""
    for row in taken:
        if any(meet(row.span, part) for part in (inner if row.is_block else outer)):
            yield Conflict(row.kind or (K.BLOCK if row.is_block else kind), row.label)


def starts_for(
    around: Surroundings,
    *,
    dentists: Iterable[Any],
    chairs: Iterable[Any],
    need: Need,
    assistant: Any = None,
    now: int | None = None,
) -> dict[Any, dict[Any, list[Span]]]:
    """Return the starts at which what is needed may begin, as `free_starts`."""
    return free_starts(
        around,
        dentists=dentists,
        chairs=chairs,
        minutes=need.minutes,
        buffer=need.buffer,
        needs=need.chair,
        before=need.before,
        busy=need.busy,
        assistant=assistant,
        now=now,
    )


def free_starts(
    around: Surroundings,
    *,
    dentists: Iterable[Any],
    chairs: Iterable[Any],
    minutes: int,
    buffer: int = 0,
    needs: frozenset[str] = frozenset(),
    before: int = 0,
    busy: Spans = (),
    assistant: Any = None,
    now: int | None = None,
) -> dict[Any, dict[Any, list[Span]]]:
    """Return, by dentist and then chair, the spans of minutes at which an appointment of that length may begin.

    Exactly the starts for which `conflicts` finds nothing, before they are put on the grid.
    """
    whole, blocked = (0, minutes), (-before, minutes + buffer)
    hands = busy or (whole,)
    own = with_buffers(hands, minutes=minutes, before=before, after=buffer)
    hindered = _kept_away([*around.patient_taken, *(row.span for row in around.patient_held)], whole)
    if now is not None:
        hindered.append((-FAR, now - now % GRID_MINUTES))
    able = [chair for chair in chairs if needs <= around.abilities.get(chair, frozenset())]
    by_chair = {chair: _chair_starts(around, chair, whole, blocked) for chair in able}
    if assistant is not None:
        helped = _staff_starts(around, assistant, (whole,), (blocked,))
        by_chair = {chair: common(starts, helped) for chair, starts in by_chair.items()}
    result: dict[Any, dict[Any, list[Span]]] = {}
    for dentist in dentists:
        licence_ends = around.licence_ends.get(dentist)
        unlicensed = [] if licence_ends is None else [(licence_ends, FAR)]
        full = [row.span for row in around.full_for(dentist)]
        mine = without(_staff_starts(around, dentist, hands, own), [*hindered, *unlicensed, *full])
        result[dentist] = {chair: overlap(mine, starts) for chair, starts in by_chair.items()}
    return result


def _staff_starts(around: Surroundings, person: Any, hands: Spans, own: Spans) -> list[Span]:
    """The starts at which the person is at work and not blocked with the hands, and not taken with the buffers."""
    duty = around.duty.get(person, Duty())
    rows = around.dentist_taken.get(person, ())
    at_work = without(duty.rostered, [*duty.leave, *(row.span for row in rows if row.is_block)])
    room = _room_for(at_work, hands[0])
    for part in hands[1:]:
        room = common(room, _room_for(at_work, part))
    taken = [*around.dentist_busy.get(person, ()), *(row.span for row in rows if not row.is_block)]
    return without(room, [away for part in own for away in _kept_away(taken, part)])


def _chair_starts(around: Surroundings, chair: Any, whole: Span, blocked: Span) -> list[Span]:
    rows = around.chair_taken.get(chair, ())
    hindered = [row.span for row in rows if row.is_block] + around.opening.shut_chair(chair)
    room = _room_for(without(around.opening.open, hindered), whole)
    taken = [*around.chair_busy.get(chair, ()), *(row.span for row in rows if not row.is_block)]
    return without(room, _kept_away(taken, blocked))


def _room_for(spans: Iterable[Span], part: Span) -> list[Span]:
    """The starts from which the part, offsets from the start, stays inside one span."""
    first, last = part
    return [(start - first, end - last + 1) for start, end in spans if end - start >= last - first]


def _kept_away(spans: Iterable[Span], part: Span) -> list[Span]:
    """The starts from which the part, offsets from the start, would touch one of the spans."""
    first, last = part
    return [(start - last + 1, end - first) for start, end in spans if start < end]


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

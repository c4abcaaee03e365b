"""Which appointments can no longer stand where they are, after hours, rosters, leave, chairs or blocks have changed.

The same sentences as the gate's, without what concerns time passing or other appointments. Blocks that only narrow what
may be booked anew (reserve, some treatments only) hit nobody who was there before.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from incisor.kernel.spans import Span, joined, lies_in, meet, without
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.rules.times import Conflict, Surroundings, Taken, chair_words
from incisor.staff.rules import Duty


@dataclass(frozen=True)
class Standing:
    """An appointment as it stands. hands: the dentist's own minutes; accepted: conflicts that somebody has accepted."""

    key: Any
    dentist: Any
    chair: Any
    span: Span
    hands: tuple[Span, ...]
    assistant: Any = None
    needs: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ground:
    """What appointments stand on. here: people who work in the clinic; broken: chairs, until which minute."""

    around: Surroundings
    here: Collection[Any]
    chairs: Collection[Any]
    broken: Mapping[Any, int] = field(default_factory=dict)

    @cached_property
    def hours(self) -> list[Span]:
        return joined(self.around.opening.hours)

    @cached_property
    def shut(self) -> list[Span]:
        return joined(row.span for row in self.around.opening.shut)

    @cached_property
    def at_work(self) -> dict[Any, list[Span]]:
        return {key: without(duty.rostered, duty.leave) for key, duty in self.around.duty.items()}

    @cached_property
    def blocked(self) -> dict[Any, list[Span]]:
        rows = {**self.around.dentist_taken, **self.around.chair_taken}
        return {key: joined(row.span for row in found if _hits(row)) for key, found in rows.items()}


def _hits(row: Taken) -> bool:
    return row.is_block and row.kind is None


def _touches(spans: Sequence[Span], wanted: Span) -> bool:
    """Tell whether a span shares a minute with one of the spans, which must be joined: for asking many times."""
    at = bisect_right(spans, wanted[1] - 1, key=lambda span: span[0]) - 1
    return at >= 0 and wanted[0] < spans[at][1]


def no_longer_fits(row: Standing, ground: Ground) -> list[Conflict]:
    """Return why the appointment can no longer stand, nothing when it can."""
    found = [*_of_place(row, ground), *_of_people(row, ground), *_of_blocks(row, ground)]
    return [reason for reason in dict.fromkeys(found) if reason.kind not in row.accepted]


def _of_place(row: Standing, ground: Ground) -> Iterable[Conflict]:
    opening = ground.around.opening
    if not lies_in(ground.hours, row.span):
        holiday = opening.holidays.get(ground.around.day_of(row.span[0]))
        yield Conflict(K.HOLIDAY, holiday) if holiday is not None else Conflict(K.CLOSED)
    if _touches(ground.shut, row.span):
        for shut in opening.shut:
            if shut.chair in (None, row.chair) and meet(shut.span, row.span):
                yield Conflict(K.CLOSURE, shut.reason)
    if row.chair not in ground.chairs or row.span[0] < ground.broken.get(row.chair, 0):
        yield Conflict(K.CHAIR_OUT)
        return
    lacking = row.needs - ground.around.abilities.get(row.chair, frozenset())
    if lacking:
        yield Conflict(K.CAPABILITY, ", ".join(chair_words(code) for code in sorted(lacking)))


def _of_people(row: Standing, ground: Ground) -> Iterable[Conflict]:
    if row.dentist not in ground.here:
        yield Conflict(K.STAFF_GONE)
        return
    duty = ground.around.duty.get(row.dentist, Duty())
    at_work = ground.at_work.get(row.dentist, [])
    if not all(lies_in(at_work, part) for part in row.hands):
        is_leave = any(meet(span, part) for span in duty.leave for part in row.hands)
        yield Conflict(K.LEAVE if is_leave else K.ROSTER)
    licence_ends = ground.around.licence_ends.get(row.dentist)
    if licence_ends is not None and row.span[0] >= licence_ends:
        yield Conflict(K.LICENCE)
    if row.assistant is not None and not lies_in(ground.at_work.get(row.assistant, []), row.span):
        yield Conflict(K.ASSISTANT_AWAY)


def _of_blocks(row: Standing, ground: Ground) -> Iterable[Conflict]:
    around = ground.around
    for key, parts, rows in (
        (row.dentist, row.hands, around.dentist_taken),
        (row.chair, (row.span,), around.chair_taken),
    ):
        if any(_touches(ground.blocked.get(key, ()), part) for part in parts):
            for block in rows.get(key, ()):
                if _hits(block) and any(meet(block.span, part) for part in parts):
                    yield Conflict(K.BLOCK, block.label)

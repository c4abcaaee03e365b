"""What a booking needs: how long, of whom, with what, and when the dentist's own hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from incisor.clinics.enums import Specialty
from incisor.clinics.rules import equipment_code
from incisor.kernel.clock import GRID_MINUTES
from incisor.kernel.spans import Span, joined, minute_of

MAX_MINUTES = 480
DEFAULT_MINUTES = 30
SPECIALIST_ONLY = frozenset({Specialty.ORTHODONTICS, Specialty.IMPLANTS})
Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Need:
    """What a booking needs. Minutes on the grid of five.

    before, buffer: minutes that the chair needs before and after it. chair: codes that the chair must have.
    busy: when the dentist's own hands are needed, offsets from the start; empty: all the time. kinds: what each of its
    procedures is ("procedure:crown", "specialty:implants"), one set a procedure. is_urgent: may use the reserve.
    """

    minutes: int
    buffer: int = 0
    chair: frozenset[str] = frozenset()
    specialties: frozenset[str] = frozenset()
    strict_specialties: frozenset[str] = frozenset()
    before: int = 0
    busy: Spans = ()
    kinds: tuple[frozenset[str], ...] = ()
    is_urgent: bool = False

    @property
    def hands(self) -> Spans:
        """When the dentist's own hands are needed, as offsets from the start."""
        return self.busy or ((0, self.minutes),)

    @property
    def taken(self) -> Spans:
        """The dentist's offsets that nobody else may have: the hands, with the buffers that lie beside them."""
        return with_buffers(self.hands, minutes=self.minutes, before=self.before, after=self.buffer)


def with_buffers(hands: Spans, *, minutes: int, before: int, after: int) -> Spans:
    """Return the dentist's offsets with the buffers that touch them: who is not needed at the end does not clean up."""
    first, last = hands[0], hands[-1]
    if first[0] == 0 and before:
        hands = ((-before, first[1]), *hands[1:])
    if last[1] == minutes and after:
        hands = (*hands[:-1], (hands[-1][0], minutes + after))
    return hands


def fitted(busy: Sequence[Sequence[int]], *, usual: int, minutes: int) -> Spans:
    """Return the pattern of a treatment of the usual length for a visit of other length.

    What is longer needs the dentist at its end, what is shorter is cut there. Empty when the dentist is needed all
    the time, or when nothing would be left.
    """
    if not busy:
        return ()
    spans = [(start, min(end, minutes)) for start, end in busy]
    if minutes > usual:
        spans.append((usual, minutes))
    found = tuple(joined(spans))
    return () if found in ((), ((0, minutes),)) else found


def kinds_of(procedure: Any) -> frozenset[str]:
    """Return what the procedure is, for blocks and limits: itself, and its specialty."""
    return frozenset({f"procedure:{procedure.code}", f"specialty:{procedure.specialty}"})


def need_of(
    procedures: Iterable[Any],
    *,
    minutes: int | None = None,
    busy: Sequence[Sequence[int]] | None = None,
    is_urgent: bool = False,
) -> Need:
    """Return what the procedures need together. minutes: the length asked for, else the sum of their usual lengths.

    One buffer stands before and one after the whole appointment: the longest of its procedures. busy: a pattern of its
    own, empty for all the time; None: that of the procedures, one after the other. procedures: as
    `clinics.models.Procedure`.
    """
    rows = list(procedures)
    usual = sum(row.duration_minutes for row in rows) or DEFAULT_MINUTES
    length = minutes if minutes is not None else min(on_grid(usual), MAX_MINUTES)
    pattern = _in_a_row(rows) if busy is None else busy
    return Need(
        minutes=length,
        buffer=max((on_grid(row.buffer_after_minutes) for row in rows), default=0),
        chair=frozenset(need for row in rows for need in row.chair_needs)
        | frozenset(equipment_code(word) for row in rows for word in row.equipment_needs),
        specialties=frozenset(row.specialty for row in rows if row.specialty != Specialty.GENERAL),
        strict_specialties=frozenset(
            row.specialty for row in rows if row.specialty in SPECIALIST_ONLY or row.is_high_risk
        )
        - {Specialty.GENERAL},
        before=max((on_grid(row.buffer_before_minutes) for row in rows), default=0),
        busy=fitted(pattern, usual=usual if busy is None else length, minutes=length),
        kinds=tuple(kinds_of(row) for row in rows),
        is_urgent=is_urgent,
    )


def _in_a_row(rows: Sequence[Any]) -> list[Span]:
    """The patterns of the procedures one after the other; empty when the dentist is needed all the time by each."""
    if not any(row.busy for row in rows):
        return []
    spans: list[Span] = []
    begins = 0
    for row in rows:
        spans += [(begins + start, begins + end) for start, end in row.busy or ((0, row.duration_minutes),)]
        begins += row.duration_minutes
    return spans


def on_grid(minutes: int) -> int:
    """Return the minutes, rounded up to the grid."""
    return minutes + -minutes % GRID_MINUTES


def urgent(need: Need) -> Need:
    """Return the same need as an urgent one."""
    return replace(need, is_urgent=True)


def suits(need: Need, specialties: Iterable[str]) -> bool:
    """Tell whether a dentist with these specialties may be proposed for the need.

    Who has the specialty may; a general dentist may too, except where only specialists should work. Advice for
    proposals, not a conflict: the desk may book any dentist.
    """
    own = frozenset(specialties)
    return need.specialties <= own or (Specialty.GENERAL in own and need.strict_specialties <= own)


def occupying(starts_at: datetime, need: Need) -> dict[str, Any]:
    """Return what an appointment (or hold) of that need takes up when it starts then: the fields of its row."""
    start = minute_of(starts_at)
    ends_at = starts_at + timedelta(minutes=need.minutes)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "blocked_from": starts_at - timedelta(minutes=need.before),
        "blocked_until": ends_at + timedelta(minutes=need.buffer),
        "busy": [list(span) for span in need.busy],
        "dentist_spans": tuple((start + first, start + last) for first, last in need.taken),
    }

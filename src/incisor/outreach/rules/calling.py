"""When patients may be called (FUP-3), and which call comes first."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from incisor.outreach.enums import TaskKind

Stretches = Sequence[tuple[time, time]]
# The first of the two clinics described in FUP-3; a clinic enters its own on the settings page.
WORKDAYS: Stretches = ((time(10, 30), time(12)), (time(14), time(18, 30)))
WEEKEND: Stretches = ((time(14, 30), time(18, 30)),)


def is_calling_time(wall: datetime, *, workdays: Stretches = WORKDAYS, weekend: Stretches = WEEKEND) -> bool:
    """Tell whether patients may be called at this moment of the clinic's clock."""
    stretches = weekend if wall.weekday() >= 5 else workdays
    return any(start <= wall.time() < end for start, end in stretches)


def stretches_of(rows: Sequence[Sequence[str]], usual: Stretches) -> Stretches:
    """Return stretches of a day from their stored texts; the usual ones when there are none."""
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in rows) or usual


def overlapping(stretches: Stretches) -> bool:
    """Tell whether stretches of a day end before they begin or lie upon each other."""
    ordered = sorted(stretches)
    return any(start >= end for start, end in ordered) or any(
        before[1] > after[0] for before, after in pairwise(ordered)
    )


def urgency(
    *, kind: str, due_on: date, due_at: datetime | None, at: datetime, today: date, wall: time, leftover_until: time
) -> int:
    """Return how pressing a task is, the smallest first.

    0: past its hour or due within it (somebody did not come). 1: a reminder call left over from an earlier day, until
    noon. 2: other calls with an hour. 3: everything else by its day.
    """
    if due_at is not None and due_at <= at + timedelta(hours=1):
        return 0
    if kind in {TaskKind.CONFIRM, TaskKind.REBOOK} and due_on < today and wall < leftover_until:
        return 1
    return 2 if due_at is not None else 3

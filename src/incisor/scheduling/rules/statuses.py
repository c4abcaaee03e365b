"""The life of an appointment, as a table."""

from incisor.scheduling.enums import AppointmentStatus as S

# From a status to those that may follow. A step back (undo of check-in, of a start, of a no-show) is a step too, with
# its own line in the history. What was freed (cancelled, no-show, cut out: rescheduled) passes the gate again before
# it takes up time.
NEXT: dict[S, frozenset[S]] = {
    S.REQUESTED: frozenset({S.CONFIRMED, S.ARRIVED, S.CANCELLED, S.NO_SHOW, S.RESCHEDULED}),
    S.CONFIRMED: frozenset({S.ARRIVED, S.CANCELLED, S.NO_SHOW, S.RESCHEDULED}),
    S.ARRIVED: frozenset({S.IN_TREATMENT, S.CONFIRMED, S.REQUESTED, S.CANCELLED}),
    S.IN_TREATMENT: frozenset({S.COMPLETED, S.ARRIVED}),
    S.COMPLETED: frozenset({S.IN_TREATMENT}),
    S.CANCELLED: frozenset({S.CONFIRMED, S.REQUESTED, S.ARRIVED}),
    S.NO_SHOW: frozenset({S.ARRIVED, S.CONFIRMED, S.REQUESTED}),
    S.RESCHEDULED: frozenset({S.CONFIRMED, S.REQUESTED, S.CANCELLED}),
}
# Only who has not begun treatment can get another time, dentist or chair; what was cut out of the calendar gets one.
MOVABLE = frozenset({S.REQUESTED, S.CONFIRMED, S.ARRIVED, S.RESCHEDULED})


def may_change(before: str, after: str) -> bool:
    """Tell whether one status may follow the other."""
    return S(after) in NEXT[S(before)]

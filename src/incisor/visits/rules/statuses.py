"""The way of a patient through the clinic, as a table."""

from incisor.visits.enums import VisitStatus as S

# From a status to those that may follow. Steps back are not here: they are undone, which restores what was before.
# CALLED to WAITING: did not come when called and goes on waiting. WAITING to IN_CHAIR: led to the chair without a call.
NEXT: dict[S, frozenset[S]] = {
    S.WAITING: frozenset({S.CALLED, S.IN_CHAIR, S.LEFT}),
    S.CALLED: frozenset({S.IN_CHAIR, S.WAITING, S.LEFT}),
    S.IN_CHAIR: frozenset({S.TO_PAY}),
    S.TO_PAY: frozenset({S.DONE}),
    S.DONE: frozenset(),
    S.LEFT: frozenset(),
    S.WITHDRAWN: frozenset(),
}


def may_step(before: str, after: str) -> bool:
    """Tell whether one status may follow the other."""
    return S(after) in NEXT[S(before)]

"""Which chair is proposed, and how a chair's state may be set by hand."""

from collections.abc import Hashable, Iterable, Sequence

from incisor.clinics.enums import ChairState as C

# Set by hand. Occupied comes and goes with the patient; a chair that says so without one may be freed.
BY_HAND: dict[C, frozenset[C]] = {
    C.FREE: frozenset({C.CLEANING, C.OUT_OF_ORDER}),
    C.CLEANING: frozenset({C.FREE, C.OUT_OF_ORDER}),
    C.OUT_OF_ORDER: frozenset({C.FREE, C.CLEANING}),
    C.OCCUPIED: frozenset({C.FREE, C.CLEANING, C.OUT_OF_ORDER}),
}


def may_set(before: str, after: str, *, has_patient: bool) -> bool:
    """Tell whether a person may set a chair from one state to the other."""
    return not has_patient and C(after) in BY_HAND[C(before)]


def chair_for(preferred: Iterable[Hashable | None], states: Sequence[tuple[Hashable, str]]) -> Hashable | None:
    """Return the chair to propose: the first preferred one that is free, else the first free one, else None.

    preferred: the appointment's chair, the dentist's usual one. states: every chair in use with its state, in order.
    """
    free = [chair for chair, state in states if state == C.FREE]
    return next((chair for chair in preferred if chair in free), free[0] if free else None)

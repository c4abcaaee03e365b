"""Deposits: which of them a bill uses by itself, which are offered, and how they are laid on what is owed."""

from collections.abc import Hashable, Iterable
from enum import StrEnum

from incisor.scheduling.enums import AppointmentStatus

# the appointment is over or gone: what was paid ahead for it is held for the patient
GONE = frozenset(
    {
        AppointmentStatus.CANCELLED,
        AppointmentStatus.NO_SHOW,
        AppointmentStatus.COMPLETED,
        AppointmentStatus.RESCHEDULED,
    }
)


class Place(StrEnum):
    """What a deposit is to a bill."""

    OWN = "own"  # used by itself
    HELD = "held"  # offered: somebody decides
    KEPT = "kept"  # stays for its own visit


def place_of(*, is_own: bool, status: str) -> Place:
    """Return what a deposit is to a bill. is_own: paid ahead for the visit of the bill; status: of its appointment."""
    if is_own:
        return Place.OWN
    return Place.HELD if status in GONE else Place.KEPT


def lay_deposits(*, due_minor: int, left: Iterable[tuple[Hashable, int]]) -> list[tuple[Hashable, int]]:
    """Return how much of each deposit pays what is owed, in the given order; those that pay nothing are left out."""
    laid = []
    for key, amount in left:
        used = min(amount, due_minor)
        if used > 0:
            laid.append((key, used))
            due_minor -= used
    return laid

"""The kind of a visit (REQUIREMENTS PAT-5)."""

from collections.abc import Collection
from datetime import date

from incisor.visits.enums import VisitKind

LONG_AGO_DAYS = 365  # house value: PAT-5 says "long ago" without a number
CONSULTATIONS = frozenset({"consultation", "ortho_consultation", "implant_plan"})
CHECK_UPS = frozenset({"exam_recall", "child_exam", "implant_check"})
ORTHODONTICS = "orthodontics"


def visit_kind(
    *, last_seen_on: date | None, on: date, procedures: Collection[str] = (), specialties: Collection[str] = ()
) -> VisitKind:
    """Return the kind that the desk may change: first when never seen here or long ago, else by what is booked.

    procedures: codes; specialties: of the same procedures.
    """
    if last_seen_on is None or (on - last_seen_on).days > LONG_AGO_DAYS:
        return VisitKind.FIRST
    if procedures and set(procedures) <= CONSULTATIONS:
        return VisitKind.CONSULTATION
    if specialties and set(specialties) == {ORTHODONTICS}:
        return VisitKind.ORTHODONTIC
    if procedures and set(procedures) <= CHECK_UPS:
        return VisitKind.CHECK_UP
    return VisitKind.RETURN

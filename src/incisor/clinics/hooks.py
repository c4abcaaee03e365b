"""Places of this app that upper apps fill."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from incisor.clinics.models import Chair, Clinic


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A booking that a change of hours, chairs or people may hit. label: "10:30 Pia, Dr. Dana"; url: where to move it."""

    label: str
    url: str
    starts_at: datetime
    ends_at: datetime
    chair_id: uuid.UUID
    staff_id: uuid.UUID


# Asked with clinic, start, end (None: without end), chair and staff (None: any; a staff.models.StaffMember).
# Answers with the open bookings that touch that time, by time.
AffectedBy = Callable[..., list[Hit]]
affected_by: list[AffectedBy] = []


def bookings_between(
    clinic: Clinic, *, start: datetime, end: datetime | None = None, chair: Chair | None = None, staff: object = None
) -> list[Hit]:
    """Return every booking that touches the time, whoever knows of one, by time."""
    hits = [hit for ask in affected_by for hit in ask(clinic=clinic, start=start, end=end, chair=chair, staff=staff)]
    return sorted(hits, key=lambda hit: (hit.starts_at, hit.label, hit.url))

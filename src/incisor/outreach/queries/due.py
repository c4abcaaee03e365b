"""What of the follow-up is due now, for today's board."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date
from incisor.kernel.hooks import Due
from incisor.outreach.queries.follow_up import open_counts, open_tasks
from incisor.patients.queries import shown_name

SHOWN = 3


def follow_ups_due(clinic: Clinic, user: Any, at: datetime) -> tuple[int, list[Due]]:
    """Return how many of the person's follow-up calls are due today, and the most pressing."""
    today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    count = open_counts(clinic, today=today, user=user)["mine"]
    rows = open_tasks(clinic, until=today, at=at, mine=user)[:SHOWN] if count else []
    return count, [
        Due(
            label=shown_name(row.patient),
            line=str(row.get_kind_display()),
            url=reverse("outreach:follow-ups"),
            opens="page",
            is_over=row.due_on < today,
        )
        for row in rows
    ]

"""What follow-up does when a visit ends, is signed or is closed: plan its tasks, once."""

import uuid
from datetime import datetime

from incisor.accounts.queries import system_user
from incisor.kernel.events import on
from incisor.outreach.services import plan_follow_up
from incisor.visits.events import NoteSigned, TreatmentEnded, VisitClosed
from incisor.visits.models import Visit


@on(TreatmentEnded)
def after_treatment(event: TreatmentEnded) -> None:
    """Plan what the procedures known so far call for."""
    _plan(event.visit_id, event.at)


@on(NoteSigned)
def after_signing(event: NoteSigned) -> None:
    """Plan what the signed note added."""
    _plan(event.visit_id, event.at)


@on(VisitClosed)
def after_closing(event: VisitClosed) -> None:
    """Plan what is still missing."""
    _plan(event.visit_id, event.at)


def _plan(visit_id: uuid.UUID, at: datetime) -> None:
    plan_follow_up(visit=Visit.objects.get(pk=visit_id), by=system_user(), at=at)

"""What billing does when something happened below."""

from incisor.billing.services._sheets import draft_for
from incisor.kernel.events import on
from incisor.visits.events import TreatmentEnded
from incisor.visits.models import Visit


@on(TreatmentEnded)
def prepare_bill(event: TreatmentEnded) -> None:
    """Make the draft, so that the desk sees the amount before the patient stands there."""
    visit = Visit.objects.select_related("clinic").get(pk=event.visit_id)
    draft_for(visit, by_id=event.by_id, at=event.at)

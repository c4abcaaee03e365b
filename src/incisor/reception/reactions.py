"""What the desk does when a visit begins, and when a bill is settled."""

from incisor.accounts.models import User
from incisor.accounts.queries import system_user
from incisor.billing.events import BillSettled
from incisor.kernel.events import on
from incisor.reception import services
from incisor.visits.enums import VisitStatus
from incisor.visits.events import VisitBegun
from incisor.visits.models import Visit


@on(VisitBegun)
def promise_the_wait(event: VisitBegun) -> None:
    """Reckon how long the patient will wait, by whatever door they came, and keep it as what is told to them."""
    visit = Visit.objects.select_related("clinic", "patient").get(pk=event.visit_id)
    services.promise_wait(by=system_user(), visit=visit, at=event.at)


@on(BillSettled)
def close_the_visit_that_is_settled(event: BillSettled) -> None:
    """Close the visit: nobody has to press a button for what is evident. One that is not at the cash desk stays open."""
    visit = Visit.objects.select_related("clinic", "patient").get(pk=event.visit_id)
    if visit.status != VisitStatus.TO_PAY:
        return
    services.close_visit(by=User.objects.get(pk=event.by_id), visit=visit, reason=event.reason, at=event.at)

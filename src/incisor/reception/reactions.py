"""What the desk does when money comes in."""

from incisor.billing.events import PaymentTaken
from incisor.billing.models import Payment
from incisor.kernel.events import on
from incisor.reception import queries, services
from incisor.visits.enums import VisitStatus


@on(PaymentTaken)
def close_the_visit_that_is_paid(event: PaymentTaken) -> None:
    """Close the visit whose charge sheet is paid in full: nobody has to press a button for what is evident."""
    payment = Payment.objects.select_related("bill__visit__clinic", "bill__visit__patient", "taken_by").get(
        pk=event.payment_id
    )
    visit = payment.bill.visit if payment.bill is not None else None
    if visit is None or visit.status != VisitStatus.TO_PAY or not queries.left_to_pay(visit).is_settled:
        return
    services.close_visit(by=payment.taken_by, visit=visit, at=event.at)

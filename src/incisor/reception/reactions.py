"""What the desk does when a visit begins, when a bill is settled, and when somebody at the door is booked again, or is not."""

import uuid

from django.db.models import QuerySet

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.accounts.queries import system_user
from incisor.billing.events import BillSettled
from incisor.kernel.db.prepared import prepared
from incisor.kernel.events import on
from incisor.reception import services
from incisor.scheduling.enums import CancelReason
from incisor.scheduling.events import AppointmentBooked, AppointmentCancelled
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries import changes_of
from incisor.visits.enums import VisitStatus
from incisor.visits.events import VisitBegun
from incisor.visits.models import Visit

CLOSES = (Permission.RECEPTION_WORK, Permission.MONEY_TAKE)


@on(VisitBegun)
def promise_the_wait(event: VisitBegun) -> None:
    """Reckon how long the patient will wait, by whatever door they came, and keep it as what is told to them."""
    visit = Visit.objects.select_related("clinic", "patient").get(pk=event.visit_id)
    services.promise_wait(by=system_user(), visit=visit, at=event.at)


@on(BillSettled)
def close_the_visit_that_is_settled(event: BillSettled) -> None:
    """Close the visit of which nothing is left open: nobody has to press a button for what is evident."""
    visit = Visit.objects.select_related("clinic", "patient").get(pk=event.visit_id)
    by = User.objects.get(pk=event.by_id)
    services.close_if_complete(by=by, visit=visit, money_reason=event.reason, at=event.at)


@on(AppointmentBooked)
def close_the_visit_of_who_is_booked_again(event: AppointmentBooked) -> None:
    """Close the visit of somebody at the cash desk of which the next appointment was the last thing left open."""
    for visit in _to_pay(event.clinic_id, event.patient_id):
        by = Appointment.objects.select_related("created_by").get(pk=event.appointment_id).created_by
        if any(may(by, permission, event.clinic_id) for permission in CLOSES):
            services.close_if_complete(by=by, visit=visit, at=event.at)


@prepared
def _to_pay(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> QuerySet[Visit]:
    rows = Visit.objects.filter(clinic_id=clinic_id, patient_id=patient_id, status=VisitStatus.TO_PAY)
    return rows.select_related("clinic", "patient")


@on(AppointmentCancelled)
def reopen_the_visit_whose_next_one_was_a_mistake(event: AppointmentCancelled) -> None:
    """Put the visit back to the cash desk that was closed because of a booking which is now taken back."""
    if event.reason != CancelReason.MISTAKE:
        return
    appointment = Appointment.objects.get(pk=event.appointment_id)
    rows = Visit.objects.filter(clinic_id=event.clinic_id, patient_id=event.patient_id, status=VisitStatus.DONE)
    by = changes_of(appointment)[0].by
    if any(may(by, permission, event.clinic_id) for permission in CLOSES):
        for visit in rows.filter(closed_at__gte=appointment.created_at).select_related("clinic", "patient"):
            services.reopen_if_open_again(by=by, visit=visit, at=event.at)

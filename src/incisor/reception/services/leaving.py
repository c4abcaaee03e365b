"""The end of a visit."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.kernel.errors import Refused
from incisor.reception import queries
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import AppointmentStatus
from incisor.visits import services as visits
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit, VisitStep


class ReasonNeeded(Refused):
    """Money is left open, or the patient leaves untreated: somebody says why."""

    code = "reason_needed"


@action(Permission.RECEPTION_WORK, or_else=(Permission.MONEY_TAKE,))
def close_visit(*, by: User, visit: Visit, at: datetime, reason: str = "") -> VisitStep:
    """Close a visit: paid, or settled with a reason. Raises ReasonNeeded when something is left to pay."""
    owed = queries.left_to_pay(visit)
    if not owed.is_settled and not reason.strip():
        raise ReasonNeeded(
            _("Not everything is paid or charged. Say why the patient may leave, or take the payment first.")
        )
    return visits.take_step(by=by, visit=visit, to=VisitStatus.DONE, reason=reason.strip(), at=at)


@action(Permission.RECEPTION_WORK)
def patient_left(*, by: User, visit: Visit, reason: str, at: datetime) -> VisitStep:
    """Record that a waiting patient went away untreated; the appointment's time is free. Raises ReasonNeeded."""
    words = reason.strip()
    if not words:
        raise ReasonNeeded(_("Say why the patient left; it helps to call back."))
    restore = {}
    appointment = visit.appointment
    if appointment is not None:
        restore = {
            "appointment_id": str(appointment.pk),
            "appointment_from": appointment.status,
            "appointment_to": AppointmentStatus.CANCELLED.value,
        }
    step = visits.take_step(by=by, visit=visit, to=VisitStatus.LEFT, reason=words, restore=restore, at=at)
    if appointment is not None:
        scheduling.change_status(by=by, appointment=appointment, to=AppointmentStatus.CANCELLED, reason=words, at=at)
        appointment.status = AppointmentStatus.CANCELLED
    return step

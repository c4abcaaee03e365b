"""What outreach does when something happens below: plan follow-up, and tell patients about their appointments."""

import uuid
from datetime import datetime, timedelta

from django.db.models import QuerySet

from incisor.accounts.queries import system_user
from incisor.kernel.clock import local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.events import on
from incisor.messaging.services import enqueue, withdraw
from incisor.outreach.services import plan_follow_up
from incisor.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentUnplaced,
)
from incisor.scheduling.models import Appointment
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


@on(AppointmentBooked)
def after_booking(event: AppointmentBooked) -> None:
    """Confirm the appointment and prepare its reminders."""
    _tell(event.appointment_id, "appointment_confirmed", event.at)


@on(AppointmentMoved)
def after_moving(event: AppointmentMoved) -> None:
    """Tell the new time and remind of that one instead."""
    _tell(event.appointment_id, "appointment_moved", event.at)


@on(AppointmentCancelled)
def after_cancelling(event: AppointmentCancelled) -> None:
    """Take back what was not sent yet and confirm the cancellation, unless it was a slip of the desk."""
    appointment = _appointment(event.appointment_id)
    withdraw(clinic=appointment.clinic, key_prefix=f"appointment:{appointment.pk}:")
    if event.reason != "mistake" and appointment.starts_at > event.at:
        _enqueue(appointment, "appointment_cancelled", appointment.starts_at, event.at, event.at)


@on(AppointmentUnplaced)
def after_unplacing(event: AppointmentUnplaced) -> None:
    """Remind nobody of a time that is gone; the new one will be told when there is one."""
    appointment = _appointment(event.appointment_id)
    withdraw(clinic=appointment.clinic, key_prefix=f"appointment:{appointment.pk}:")


def _tell(appointment_id: uuid.UUID, template_key: str, at: datetime) -> None:
    appointment = _appointment(appointment_id)
    withdraw(clinic=appointment.clinic, key_prefix=f"appointment:{appointment.pk}:")
    if appointment.starts_at <= at + timedelta(minutes=30):
        return  # whoever is about to come in needs no message
    _enqueue(appointment, template_key, appointment.starts_at, at, at)
    for reminder, ahead in (("reminder_day_before", timedelta(hours=24)), ("reminder_two_hours", timedelta(hours=2))):
        if appointment.starts_at - ahead > at + timedelta(hours=1):
            _enqueue(appointment, reminder, appointment.starts_at, appointment.starts_at - ahead, at)


def _enqueue(
    appointment: Appointment, template_key: str, expires_at: datetime, not_before: datetime, at: datetime
) -> None:
    wall = local(appointment.starts_at, appointment.clinic.zone)
    enqueue(
        clinic=appointment.clinic,
        patient=appointment.patient,
        template_key=template_key,
        key=f"appointment:{appointment.pk}:{template_key}:{appointment.version}",
        values={
            "date": f"{wall.day} {wall:%B}" if appointment.patient.language == "en" else f"{wall.month}月{wall.day}日",
            "time": f"{wall:%H:%M}",
            "dentist": appointment.dentist.name,
        },
        expires_at=expires_at,
        not_before=not_before,
        at=at,
    )


def _appointment(appointment_id: uuid.UUID) -> Appointment:
    return _appointments(appointment_id)[0]


@prepared
def _appointments(appointment_id: uuid.UUID) -> QuerySet[Appointment]:
    return Appointment.objects.filter(pk=appointment_id).select_related("clinic", "patient", "dentist")

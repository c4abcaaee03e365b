"""What outreach does when something happens below: plan follow-up, tell patients about appointments, call who is missing."""

import uuid
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incisor.accounts.queries import system_user
from incisor.clinics.queries import clinic_by_id
from incisor.kernel import clock
from incisor.kernel.db.prepared import prepared
from incisor.kernel.events import on
from incisor.messaging.events import MessageFailed
from incisor.outreach.enums import Moment, TaskKind
from incisor.outreach.queries.planning import told_in
from incisor.outreach.services import (
    announce,
    announce_move,
    drop_call_tasks,
    make_call_task,
    make_complaint_task,
    make_missed_call,
    plan_follow_up,
    retract,
)
from incisor.reception.events import DelayToCall, SurveyAnswered
from incisor.scheduling.enums import EXPECTED, AnswerWay, AppointmentStatus, CancelReason, PatientAnswer
from incisor.scheduling.events import (
    AppointmentAnswered,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentRegained,
)
from incisor.scheduling.models import Appointment
from incisor.visits.events import NoteSigned, TreatmentEnded, VisitClosed
from incisor.visits.models import Visit

CALL_OF_DELAY_WITHIN = 15  # minutes


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
    """Let the rules confirm the appointment, or say that it is only requested."""
    appointment = _appointment(event.appointment_id)
    is_request = appointment.status == AppointmentStatus.REQUESTED
    moment = Moment.REQUESTED if is_request else Moment.BOOKED
    announce(appointment=appointment, moment=moment, by=system_user(), at=event.at)


@on(AppointmentConfirmed)
def after_confirming(event: AppointmentConfirmed) -> None:
    """Tell that a request stands, and call nobody about it any more."""
    appointment = _appointment(event.appointment_id)
    retract(appointment=appointment, at=event.at)
    drop_call_tasks(clinic=appointment.clinic, appointment_id=appointment.pk, at=event.at)
    announce(appointment=appointment, moment=Moment.BOOKED, by=system_user(), at=event.at)


@on(AppointmentMoved)
def after_moving(event: AppointmentMoved) -> None:
    """Take back what was not told yet, tell the new time; reminders of it come by themselves."""
    appointment = _appointment(event.appointment_id)
    was_untold = retract(appointment=appointment, at=event.at)
    drop_call_tasks(clinic=appointment.clinic, appointment_id=appointment.pk, at=event.at)
    announce_move(appointment=appointment, was_untold=was_untold, by=system_user(), at=event.at)


@on(AppointmentCancelled)
def after_cancelling(event: AppointmentCancelled) -> None:
    """Take back what was not told yet and confirm the cancellation, unless it was a slip or nobody knew of the booking."""
    appointment = _appointment(event.appointment_id)
    was_untold = retract(appointment=appointment, at=event.at)
    drop_call_tasks(clinic=appointment.clinic, appointment_id=appointment.pk, at=event.at)
    if event.reason != CancelReason.MISTAKE and not was_untold:
        announce(appointment=appointment, moment=Moment.CANCELLED, by=system_user(), at=event.at)


@on(AppointmentMissed)
def after_missing(event: AppointmentMissed) -> None:
    """Call whoever did not come: why, and when instead (APT-12)."""
    appointment = _appointment(event.appointment_id)
    retract(appointment=appointment, at=event.at)
    drop_call_tasks(clinic=appointment.clinic, appointment_id=appointment.pk, at=event.at)
    make_missed_call(appointment=appointment, at=event.at)


@on(AppointmentRegained)
def after_regaining(event: AppointmentRegained) -> None:
    """Whoever came after all, or was cancelled by mistake, is called by nobody."""
    clinic = _appointment(event.appointment_id).clinic
    drop_call_tasks(clinic=clinic, appointment_id=event.appointment_id, at=event.at)


@on(AppointmentAnswered)
def after_answering(event: AppointmentAnswered) -> None:
    """Whoever said yes needs no call to confirm."""
    if event.answer == PatientAnswer.CONFIRMED and event.way != AnswerWay.CALL:
        clinic = _appointment(event.appointment_id).clinic
        drop_call_tasks(clinic=clinic, appointment_id=event.appointment_id, at=event.at)


@on(MessageFailed)
def after_failing(event: MessageFailed) -> None:
    """Call instead, once, about the appointments that a message could not tell of."""
    clinic = clinic_by_id(event.clinic_id)
    for appointment in told_in(clinic, event.message_id):
        appointment.clinic = clinic
        if appointment.status in EXPECTED and appointment.starts_at > event.at:
            key = f"failed:{event.message_id}:{appointment.pk}"
            make_call_task(appointment=appointment, kind=TaskKind.CONFIRM, key=key, at=event.at)


@on(DelayToCall)
def after_running_late(event: DelayToCall) -> None:
    """Call whoever no message tells that the dentist runs late."""
    appointment = _appointment(event.appointment_id)
    until = clock.local(appointment.starts_at + timedelta(minutes=event.minutes), appointment.clinic.zone)
    make_call_task(
        appointment=appointment,
        kind=TaskKind.CONFIRM,
        key=f"delay:{event.delay_id}:{event.appointment_id}",
        minutes=CALL_OF_DELAY_WITHIN,
        note=_("%(dentist)s runs late: not %(time)s but about %(until)s.")
        % {
            "dentist": appointment.dentist.name,
            "time": clock.local(appointment.starts_at, appointment.clinic.zone).strftime("%H:%M"),
            "until": until.strftime("%H:%M"),
        },
        at=event.at,
    )


@on(SurveyAnswered)
def after_a_bad_answer(event: SurveyAnswered) -> None:
    """Whoever was dissatisfied is heard by the manager (QUA-3)."""
    if event.score == 1:
        make_complaint_task(visit=Visit.objects.select_related("clinic").get(pk=event.visit_id), at=event.at)


def _appointment(appointment_id: uuid.UUID) -> Appointment:
    return _appointments(appointment_id)[0]


@prepared
def _appointments(appointment_id: uuid.UUID) -> QuerySet[Appointment]:
    return Appointment.objects.filter(pk=appointment_id).select_related("clinic")

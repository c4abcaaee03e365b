"""Calls that something other than a treatment asks for: to confirm, to find another time, after a missed appointment."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from incisor.accounts.enums import RoleKey
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.clock import business_date
from incisor.outreach.enums import ABOUT_APPOINTMENTS, CallOutcome, TaskKind, TaskStatus
from incisor.outreach.models import FollowUpCall, FollowUpTask
from incisor.outreach.queries.follow_up import calling_rules, has_refused_calls
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import EXPECTED, AnswerWay, CancelReason, ChangeKind, PatientAnswer
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.visits.models import Visit

ANSWERS = {CallOutcome.COMES: PatientAnswer.CONFIRMED, CallOutcome.WAITS: PatientAnswer.OTHER_TIME}
# Nobody but the clinic wants these, so they are not made for who wants no calls.
UNASKED = frozenset({TaskKind.CONFIRM, TaskKind.MISSED})


def make_call_task(
    *,
    appointment: Appointment,
    kind: str,
    key: str,
    at: datetime,
    minutes: int | None = None,
    note: str = "",
    is_wished: bool = False,
) -> FollowUpTask | None:
    """Make a call about an appointment for the desk, once for each key; None when there is one, or none may be made.

    minutes: by when, from now on; None for some time today. is_wished: the patient asked for the call. Runs inside an action.
    """
    if not is_wished and kind in UNASKED and has_refused_calls(appointment.patient_id):
        return None
    clinic = appointment.clinic
    try:
        with transaction.atomic():
            task = FollowUpTask.objects.create(
                clinic=clinic,
                patient_id=appointment.patient_id,
                dentist_id=appointment.dentist_id,
                appointment=appointment,
                kind=kind,
                key=key,
                due_on=business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at),
                due_at=at + timedelta(minutes=minutes) if minutes is not None else None,
                role=RoleKey.RECEPTIONIST,
                note=note,
                created_at=at,
            )
    except IntegrityError:
        return None
    live.touch(clinic.pk, "tasks")
    return task


def make_missed_call(*, appointment: Appointment, at: datetime) -> FollowUpTask | None:
    """Ask for a call within the clinic's time (usually an hour): why nobody came, and when instead. Runs inside an action."""
    minutes = calling_rules(appointment.clinic).missed_minutes
    key = f"missed:{appointment.pk}:{appointment.version}"
    return make_call_task(appointment=appointment, kind=TaskKind.MISSED, key=key, minutes=minutes, at=at)


def make_complaint_task(*, visit: Visit, at: datetime) -> FollowUpTask | None:
    """Let the manager hear whoever was dissatisfied with a visit, today; once. Runs inside the action that took the answer."""
    clinic = visit.clinic
    try:
        with transaction.atomic():
            task = FollowUpTask.objects.create(
                clinic=clinic,
                patient_id=visit.patient_id,
                visit=visit,
                dentist_id=visit.dentist_id,
                kind=TaskKind.DISSATISFIED,
                key=f"survey:{visit.pk}",
                due_on=business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at),
                role=RoleKey.MANAGER,
                created_at=at,
            )
    except IntegrityError:
        return None
    live.touch(clinic.pk, "tasks")
    return task


def drop_call_tasks(*, clinic: Clinic, appointment_id: uuid.UUID, at: datetime) -> int:
    """Close the open calls about an appointment that has changed: what they were for is settled. Runs inside an action."""
    closed = FollowUpTask.objects.filter(
        clinic=clinic, appointment_id=appointment_id, status=TaskStatus.OPEN, kind__in=sorted(ABOUT_APPOINTMENTS)
    ).update(status=TaskStatus.CANCELLED, closed_at=at)
    if closed:
        live.touch(clinic.pk, "tasks")
    return closed


def tell_appointment(*, task: FollowUpTask, outcome: str, note: str, by: User, at: datetime) -> uuid.UUID | None:
    """Note at the appointment what the patient said about it on the phone; returns the change that this made.

    Who cancels on the phone is cancelled. Nothing for an appointment that nobody is expected for any more. Inside an action.
    """
    if task.appointment_id is None or task.kind == TaskKind.MISSED:
        return None
    appointment = Appointment.objects.select_related("clinic", "patient").get(pk=task.appointment_id)
    if appointment.status not in EXPECTED:
        return None
    if outcome == CallOutcome.CANCELS:
        return scheduling.cancel_appointment(
            by=by, appointment=appointment, reason=CancelReason.OTHER, note=note[:200], at=at
        ).pk
    answer = ANSWERS.get(CallOutcome(outcome))
    if answer is None:
        return None
    return scheduling.note_answer(
        by=by, appointment=appointment, answer=answer, way=AnswerWay.CALL, note=note[:100], at=at
    ).pk


def take_back_from_appointment(*, call: FollowUpCall, by: User, at: datetime) -> None:
    """Undo what a call wrote into an appointment. Raises scheduling's NothingToUndo, SlotTaken. Inside an action."""
    change = AppointmentChange.objects.select_related("appointment__clinic").get(pk=call.change_id)  # type: ignore[misc]
    undo = scheduling.take_back_answer if change.kind == ChangeKind.ANSWERED else scheduling.undo_change
    undo(by=by, clinic=change.appointment.clinic, change=change, at=at)

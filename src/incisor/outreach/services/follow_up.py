"""Follow-up: tasks made from what was done at a visit, calls recorded, calls undone."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission, RoleKey
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events, live
from incisor.kernel.clock import business_date
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.outreach.enums import (
    ABOUT_APPOINTMENTS,
    CallOutcome,
    Satisfaction,
    StepContact,
    TaskKind,
    TaskStatus,
    WhyMissed,
)
from incisor.outreach.events import PatientUnwell
from incisor.outreach.models import CallRefusal, FollowUpCall, FollowUpTask, ProtocolStep
from incisor.outreach.queries.follow_up import has_refused_calls
from incisor.outreach.rules import after_call, due_on, outcomes_of, steps_for, task_key, treatments_to_follow
from incisor.outreach.services.call_tasks import take_back_from_appointment, tell_appointment
from incisor.visits.models import TreatmentDone, Visit

NEXT_TRY = timedelta(hours=2)
ANSWERED_BY_A_PERSON = frozenset({TaskKind.UNWELL, TaskKind.QUESTION, TaskKind.DISSATISFIED})
# Who wants no calls is not called again; a number is looked for and a complaint heard all the same.
ENDED_BY_REFUSAL = frozenset(TaskKind) - {TaskKind.NUMBER, TaskKind.DISSATISFIED}


class CallNotRecorded(Refused):
    """The call cannot be recorded like this."""

    code = "call_not_recorded"
    status = 422


def plan_follow_up(*, visit: Visit, by: User, at: datetime) -> list[FollowUpTask]:
    """Make the visit's tasks from the clinic's active protocol; running it again adds only what is missing.

    Nothing for who wants no calls. Runs inside the action that ended, signed or closed the visit (see reactions), so it
    has no guard of its own.
    """
    if has_refused_calls(visit.patient_id):
        return []
    done = treatments_to_follow(
        list(
            TreatmentDone.objects.filter(visit=visit)
            .order_by("position", "pk")
            .values_list("procedure__follow_up_key", "procedure__code")
        )
    )
    steps = list(
        ProtocolStep.objects.filter(protocol__clinic_id=visit.clinic_id, protocol__is_active=True)
        .exclude(contact=StepContact.RECORD)
        .order_by("position", "pk")
    )
    have = set(FollowUpTask.objects.filter(visit=visit).values_list("key", flat=True))
    fresh: dict[str, FollowUpTask] = {}
    for treatment, procedure in done:
        for step in steps_for(steps, treatment=treatment, procedure=procedure):
            key = task_key(visit_id=visit.pk, step_id=step.pk)
            if key in have:
                continue
            fresh[key] = FollowUpTask(
                clinic_id=visit.clinic_id,
                patient_id=visit.patient_id,
                visit=visit,
                dentist_id=visit.dentist_id,
                step=step,
                kind=TaskKind.PROTOCOL,
                treatment=treatment,
                key=key,
                due_on=due_on(
                    visit.business_date, days=step.after_days, months=step.after_months, years=step.after_years
                ),
                role=step.role,
                responsible_id=visit.dentist_id if step.role == RoleKey.DENTIST else None,
                created_at=at,
            )
    FollowUpTask.objects.bulk_create(fresh.values())
    if fresh:
        record(
            "follow_up.planned",
            subject=visit,
            patient_id=visit.patient_id,
            after={"tasks": [f"{task.due_on} {task.role}" for task in fresh.values()]},
        )
        live.touch(visit.clinic_id, "tasks")
    return list(fresh.values())


@action(Permission.FOLLOW_UP_CALL)
def record_call(
    *,
    by: User,
    task: FollowUpTask,
    outcome: str,
    satisfaction: str = "",
    note: str = "",
    why_missed: str = "",
    at: datetime,
) -> FollowUpCall:
    """Record what came of a call, close the task and make what follows from it.

    outcome: one of those for this kind of task; satisfaction: Satisfaction or empty; note: at most 2000 characters, the
    patient's own words; why_missed: WhyMissed or empty. What is said about an appointment is noted there too; who wants
    no calls gets none any more. Raises CallNotRecorded, ChangedMeanwhile (somebody else has just called).
    """
    wrong = outcome not in outcomes_of(task.kind) or (satisfaction and satisfaction not in Satisfaction.values)
    if wrong or (why_missed and why_missed not in WhyMissed.values):
        raise CallNotRecorded(_("Choose what came of the call."))
    if len(note) > 2000:
        raise CallNotRecorded(_("The note is too long: at most 2000 characters."))
    attempts = task.attempt_count + 1
    closed = FollowUpTask.objects.filter(pk=task.pk, status=TaskStatus.OPEN, version=task.version).update(
        status=TaskStatus.DONE, attempt_count=attempts, closed_at=at, version=task.version + 1
    )
    if not closed:
        raise ChangedMeanwhile(_("Somebody else has just dealt with this task. The list shows the latest state."))
    call = FollowUpCall.objects.create(
        task=task,
        clinic_id=task.clinic_id,
        patient_id=task.patient_id,
        outcome=outcome,
        satisfaction=satisfaction,
        why_missed=why_missed,
        note=note.strip(),
        by=by,
        at=at,
    )
    call.change_id = tell_appointment(task=task, outcome=outcome, note=note, by=by, at=at)
    call.save(update_fields=["change"])
    made = _follow(task, call, attempts, at)
    if outcome == CallOutcome.REFUSED:
        _stop_calls(call, at)
    record(
        "follow_up.called",
        subject=task,
        patient_id=task.patient_id,
        after={"outcome": outcome, "satisfaction": satisfaction, "tasks": [one.kind for one in made]},
    )
    live.touch(task.clinic_id, "tasks")
    if outcome == CallOutcome.UNWELL:
        events.publish(
            PatientUnwell(
                clinic_id=task.clinic_id,
                task_id=task.pk,
                call_id=call.pk,
                patient_id=task.patient_id,
                dentist_id=task.dentist_id,
                at=at,
            )
        )
    return call


def _follow(task: FollowUpTask, call: FollowUpCall, attempts: int, at: datetime) -> list[FollowUpTask]:
    clinic = Clinic.objects.get(pk=task.clinic_id)
    today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    made = []
    for one in after_call(
        outcome=call.outcome,
        satisfaction=call.satisfaction,
        role=task.role,
        attempt_count=attempts,
        dentist_role=RoleKey.DENTIST,
        manager_role=RoleKey.MANAGER,
        desk_role=RoleKey.RECEPTIONIST,
    ):
        again_at = _again_at(task, one.kind, at)
        made.append(
            FollowUpTask(
                clinic_id=task.clinic_id,
                patient_id=task.patient_id,
                visit_id=task.visit_id,
                dentist_id=task.dentist_id,
                step_id=task.step_id,
                appointment_id=task.appointment_id,
                origin=task,
                kind=task.kind if again_at else one.kind,
                treatment=task.treatment,
                key=f"call:{call.pk}:{one.kind}",
                due_on=today if again_at else due_on(today, days=one.after_days),
                role=one.role,
                responsible_id=task.dentist_id if one.role == RoleKey.DENTIST else task.responsible_id,
                note=call.note if one.kind in ANSWERED_BY_A_PERSON else "",
                due_at=again_at,
                attempt_count=attempts if call.outcome == CallOutcome.NO_ANSWER else 0,
                created_at=at,
            )
        )
    FollowUpTask.objects.bulk_create(made)
    return made


def _again_at(task: FollowUpTask, kind: str, at: datetime) -> datetime | None:
    """Return by when somebody is called again about an appointment: today still. None for other calls, which can wait."""
    return at + NEXT_TRY if kind == TaskKind.AGAIN and task.kind in ABOUT_APPOINTMENTS else None


def _stop_calls(call: FollowUpCall, at: datetime) -> None:
    """Close the patient's open tasks, and let nobody make new ones."""
    mine = FollowUpTask.objects.filter(
        clinic_id=call.clinic_id, patient_id=call.patient_id, status=TaskStatus.OPEN, kind__in=sorted(ENDED_BY_REFUSAL)
    )
    closed = list(mine.values_list("pk", flat=True))
    FollowUpTask.objects.filter(pk__in=closed).update(status=TaskStatus.CANCELLED, closed_at=at)
    try:
        with transaction.atomic():
            CallRefusal.objects.create(
                clinic_id=call.clinic_id, patient_id=call.patient_id, call=call, tasks=[str(pk) for pk in closed], at=at
            )
    except IntegrityError:
        return  # known already
    record("follow_up.refused", subject=call, patient_id=call.patient_id, after={"tasks_closed": len(closed)})


@action(Permission.FOLLOW_UP_CALL)
def welcome_calls(*, by: User, refusal: CallRefusal, at: datetime) -> None:
    """Note that the patient may be called again. Raises ChangedMeanwhile."""
    if not CallRefusal.objects.filter(pk=refusal.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise ChangedMeanwhile(_("This was noted already."))
    record("follow_up.welcome_again", subject=refusal, patient_id=refusal.patient_id)
    live.touch(refusal.clinic_id, "tasks")


@action(Permission.FOLLOW_UP_CALL)
def undo_call(*, by: User, call: FollowUpCall, at: datetime) -> FollowUpTask:
    """Take back a call recorded by mistake: its task is open again, what it made is cancelled.

    Only on the same business date and while nobody has dealt with what it made. Raises CallNotRecorded.
    """
    clinic = Clinic.objects.get(pk=call.clinic_id)
    if business_date(call.at, clinic.zone) != business_date(at, clinic.zone):
        raise CallNotRecorded(_("A call can be taken back on the same day only. Record a new call instead."))
    made = FollowUpTask.objects.filter(origin_id=call.task_id, key__startswith=f"call:{call.pk}:")
    if made.filter(status=TaskStatus.DONE).exists():
        raise CallNotRecorded(_("What follows from this call has been dealt with already, so it stays."))
    if not FollowUpCall.objects.filter(pk=call.pk, undone_at=None).update(undone_at=at):
        raise ChangedMeanwhile(_("This call was taken back already."))
    made.filter(status=TaskStatus.OPEN).update(status=TaskStatus.CANCELLED, closed_at=at)
    for refusal in CallRefusal.objects.filter(call=call, ended_at=None):
        CallRefusal.objects.filter(pk=refusal.pk).update(ended_at=at, ended_by=by)
        closed = FollowUpTask.objects.filter(pk__in=refusal.tasks, status=TaskStatus.CANCELLED)
        closed.update(status=TaskStatus.OPEN, closed_at=None)
    if call.change_id:
        take_back_from_appointment(call=call, by=by, at=at)
    task = FollowUpTask.objects.select_for_update().get(pk=call.task_id)
    FollowUpTask.objects.filter(pk=task.pk).update(
        status=TaskStatus.OPEN, closed_at=None, attempt_count=max(0, task.attempt_count - 1), version=task.version + 1
    )
    record("follow_up.call_undone", subject=task, patient_id=task.patient_id, before={"outcome": call.outcome})
    live.touch(call.clinic_id, "tasks")
    task.refresh_from_db()
    return task


@action(Permission.FOLLOW_UP_CALL)
def add_task(
    *, by: User, visit: Visit, due: datetime, role: str, note: str, request_id: uuid.UUID, at: datetime
) -> FollowUpTask:
    """Make a task by hand: call this patient about this visit from that day on. request_id: so that it is made once."""
    if role not in RoleKey.values:
        raise CallNotRecorded(_("Choose who should call."))
    clinic = Clinic.objects.get(pk=visit.clinic_id)
    try:
        with transaction.atomic():
            task = FollowUpTask.objects.create(
                clinic_id=visit.clinic_id,
                patient_id=visit.patient_id,
                visit=visit,
                dentist_id=visit.dentist_id,
                kind=TaskKind.AGAIN,
                key=f"hand:{request_id}",
                due_on=business_date(due, clinic.zone),
                role=role,
                note=note.strip()[:2000],
                created_at=at,
            )
    except IntegrityError:
        return FollowUpTask.objects.get(clinic_id=visit.clinic_id, key=f"hand:{request_id}")
    record(
        "follow_up.added", subject=task, patient_id=task.patient_id, after={"due_on": str(task.due_on), "role": role}
    )
    live.touch(visit.clinic_id, "tasks")
    return task

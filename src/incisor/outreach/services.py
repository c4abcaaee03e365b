"""Follow-up: tasks made from what was done at a visit, calls recorded, calls undone."""

import uuid
from datetime import datetime
from typing import Any

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
from incisor.kernel.ids import uuid7
from incisor.outreach.enums import CallOutcome, Satisfaction, StepContact, TaskKind, TaskStatus
from incisor.outreach.events import PatientUnwell
from incisor.outreach.models import FollowUpCall, FollowUpTask, Protocol, ProtocolStep
from incisor.outreach.rules import after_call, due_on, steps_for, task_key, treatments_to_follow
from incisor.visits.models import TreatmentDone, Visit

ANSWERED_BY_A_PERSON = frozenset({TaskKind.UNWELL, TaskKind.QUESTION, TaskKind.DISSATISFIED})


class CallNotRecorded(Refused):
    """The call cannot be recorded like this."""

    code = "call_not_recorded"
    status = 422


def plan_follow_up(*, visit: Visit, by: User, at: datetime) -> list[FollowUpTask]:
    """Make the visit's tasks from the clinic's active protocol; running it again adds only what is missing.

    Runs inside the action that ended, signed or closed the visit (see reactions), so it has no guard of its own.
    """
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
    at: datetime,
) -> FollowUpCall:
    """Record what came of a call, close the task and make what follows from it.

    outcome: CallOutcome; satisfaction: Satisfaction or empty; note: at most 2000 characters, the patient's own words.
    Raises CallNotRecorded, ChangedMeanwhile (somebody else has just called).
    """
    if outcome not in CallOutcome.values or (satisfaction and satisfaction not in Satisfaction.values):
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
        note=note.strip(),
        by=by,
        at=at,
    )
    made = _follow(task, call, attempts, at)
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
    ):
        made.append(
            FollowUpTask(
                clinic_id=task.clinic_id,
                patient_id=task.patient_id,
                visit_id=task.visit_id,
                dentist_id=task.dentist_id,
                step_id=task.step_id,
                origin=task,
                kind=one.kind,
                treatment=task.treatment,
                key=f"call:{call.pk}:{one.kind}",
                due_on=due_on(today, days=one.after_days),
                role=one.role,
                responsible_id=task.dentist_id if one.role == RoleKey.DENTIST else task.responsible_id,
                note=call.note if one.kind in ANSWERED_BY_A_PERSON else "",
                attempt_count=attempts if call.outcome == CallOutcome.NO_ANSWER else 0,
                created_at=at,
            )
        )
    FollowUpTask.objects.bulk_create(made)
    return made


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


class ProtocolRefused(Refused):
    """The protocol cannot be changed like this."""

    code = "protocol_refused"
    status = 422


@action(Permission.PROTOCOL_EDIT)
def activate_protocol(*, by: User, protocol: Protocol, at: datetime) -> None:
    """Follow this protocol from now on; tasks that exist already stay as they are."""
    before = Protocol.objects.select_for_update().filter(clinic_id=protocol.clinic_id, is_active=True).first()
    Protocol.objects.filter(clinic_id=protocol.clinic_id, is_active=True).update(is_active=False)
    Protocol.objects.filter(pk=protocol.pk).update(is_active=True)
    record(
        "protocol.activated",
        subject=protocol,
        before={"protocol": f"{before.key} v{before.version}" if before else ""},
        after={"protocol": f"{protocol.key} v{protocol.version}"},
    )
    live.touch(protocol.clinic_id, "tasks")


@action(Permission.PROTOCOL_EDIT)
def change_step(*, by: User, clinic: Clinic, step: ProtocolStep, values: dict[str, Any], at: datetime) -> Protocol:
    """Change one step. The protocol gets a new version with it; the old one stays, since calls refer to it.

    values: role, contact, after_days, after_months, after_years (exactly one of the three) and the texts.
    Raises ProtocolRefused, ChangedMeanwhile.
    """
    lengths = [values.get(name) for name in ("after_days", "after_months", "after_years")]
    if sum(length is not None for length in lengths) != 1:
        raise ProtocolRefused(_("Say after how long: in days, months or years, one of the three."))
    if values["role"] not in RoleKey.values or values["contact"] not in StepContact.values:
        raise ProtocolRefused(_("Choose who should call, and how."))
    old = Protocol.objects.select_for_update().get(pk=step.protocol_id)
    if Protocol.objects.filter(clinic_id=old.clinic_id, key=old.key, version__gt=old.version).exists():
        raise ChangedMeanwhile(_("There is a newer version of this protocol. Change that one."))
    was_active = old.is_active
    Protocol.objects.filter(pk=old.pk).update(is_active=False)
    fresh = Protocol.objects.create(
        clinic_id=old.clinic_id,
        key=old.key,
        name_zh=old.name_zh,
        name_en=old.name_en,
        version=old.version + 1,
        is_active=was_active,
        created_at=at,
    )
    rows = list(ProtocolStep.objects.filter(protocol=old).order_by("position", "pk"))
    before = {name: getattr(step, name) for name in values}
    for one in rows:
        if one.pk == step.pk:
            for name, value in values.items():
                setattr(one, name, value)
        one.pk = uuid7()
        one.protocol = fresh
    ProtocolStep.objects.bulk_create(rows)
    record("protocol.changed", subject=fresh, before=before, after=values)
    return fresh

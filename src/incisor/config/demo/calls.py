"""The demo's follow-up: tasks from protocol P3 for every finished visit, and the calls that were made."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from incisor.config.demo.history import BATCH, Seen
from incisor.config.demo.material import Dice
from incisor.config.demo.team import ZONE
from incisor.kernel import clock
from incisor.outreach.models import FollowUpCall, FollowUpTask, ProtocolStep
from incisor.outreach.rules import due_on, steps_for, task_key

OUTCOMES = ["well", "no_answer", "unwell", "question"]


def make_calls(dice: Dice, seen: list[Seen], *, at: datetime) -> None:
    """Write tasks and calls: the past done (a few left over from yesterday), today's and later ones open."""
    today = clock.local(at, ZONE).date()
    steps: dict[Any, list[ProtocolStep]] = defaultdict(list)
    for step in (
        ProtocolStep.objects.filter(protocol__is_active=True)
        .exclude(contact="record")
        .select_related("protocol")
        .order_by("position")
    ):
        steps[step.protocol.clinic_id].append(step)
    tasks: list[FollowUpTask] = []
    calls: list[FollowUpCall] = []
    for one in seen:
        clinic = one.placed.place.clinic
        for step in steps_for(
            steps[clinic.pk], treatment=one.placed.procedure.follow_up_key, procedure=one.placed.procedure.code
        ):
            due = due_on(one.placed.day, days=step.after_days, months=step.after_months, years=step.after_years)
            tasks.append(_task(dice, one, step, due, at, today, calls))
    FollowUpTask.objects.bulk_create(tasks, batch_size=BATCH)
    FollowUpCall.objects.bulk_create(calls, batch_size=BATCH)


def _task(
    dice: Dice, one: Seen, step: ProtocolStep, due: date, at: datetime, today: date, calls: list[FollowUpCall]
) -> FollowUpTask:
    clinic = one.placed.place.clinic
    task = FollowUpTask(
        id=dice.key(one.ended_at), clinic=clinic, patient=one.placed.person.row, visit=one.visit,
        dentist=one.placed.dentist.staff, step=step, kind="protocol", treatment=step.treatment,
        key=task_key(visit_id=one.visit.pk, step_id=step.pk), due_on=due, role=step.role,
        responsible=one.placed.dentist.staff if step.role == "dentist" else None, created_at=one.ended_at,
    )  # fmt: skip
    is_left_over = due >= today - timedelta(days=2) and dice.chance(0.25)
    if due >= today or is_left_over:
        return task
    caller = one.placed.dentist.user if step.role == "dentist" else dice.one(one.placed.place.callers)
    called_at = clock.moment(due, time(dice.one([10, 11, 14, 15, 16, 17]), dice.between(30, 59)), ZONE)
    outcome = dice.random.choices(OUTCOMES, weights=[86, 6, 5, 3])[0]
    task.status, task.closed_at, task.attempt_count = "done", called_at, 1
    calls.append(
        FollowUpCall(
            id=dice.key(called_at), task=task, clinic=clinic, patient=task.patient, outcome=outcome,
            satisfaction=dice.random.choices(["a", "b", "c", "d"], weights=[1, 5, 50, 44])[0] if outcome == "well" else "",
            by=caller, at=called_at,
        )
    )  # fmt: skip
    return task

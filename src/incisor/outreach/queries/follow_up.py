"""Reading follow-up: the work list, a task with all that the caller needs, protocols."""

import json
import uuid
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from django.db.models import Case, Count, Prefetch, Q, QuerySet, When

from incisor.accounts.models import Grant, User
from incisor.clinics.models import Clinic
from incisor.kernel.clock import local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.outreach.enums import ABOUT_APPOINTMENTS, TaskStatus
from incisor.outreach.models import CallingRules, CallRefusal, FollowUpCall, FollowUpTask, Protocol, ProtocolStep
from incisor.outreach.rules import WEEKEND, WORKDAYS, stretches_of, urgency
from incisor.outreach.rules.calling import Stretches
from incisor.patients.models import Patient
from incisor.patients.queries import with_badge
from incisor.staff.models import StaffMember
from incisor.visits.models import TreatmentDone

LIST_LIMIT = 200


@cache
def call_flow() -> list[dict[str, Any]]:
    """Return the steps of a call with what to say in each (FUP-4)."""
    text = resources.files("incisor.outreach.data").joinpath("call_flow.json").read_text(encoding="utf-8")
    return json.loads(text)["steps"]  # type: ignore[no-any-return]


def open_tasks(clinic: Clinic, *, until: date, at: datetime, mine: User | None = None) -> list[FollowUpTask]:
    """Return what is due until that day, the most pressing first (rules.urgency), then the longest overdue.

    At most LIST_LIMIT, calls about appointments before the others. mine: only what this user is responsible for: by name,
    or by a role that the user has in the clinic.
    """
    tasks = _with_parts(FollowUpTask.objects.filter(clinic=clinic, status=TaskStatus.OPEN, due_on__lte=until))
    if mine is not None:
        tasks = tasks.filter(_is_for(mine, clinic))
    about = Case(When(kind__in=sorted(ABOUT_APPOINTMENTS), then=0), default=1)
    found = list(tasks.order_by(about, "due_on", "pk")[:LIST_LIMIT])
    wall, leftover_until = local(at, clinic.zone).time(), calling_rules(clinic).leftover_until
    for one in found:
        one.urgency = urgency(  # type: ignore[attr-defined]
            kind=one.kind, due_on=one.due_on, due_at=one.due_at, at=at, today=until, wall=wall,
            leftover_until=leftover_until,
        )  # fmt: skip
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: (one.urgency, one.due_on, one.due_at or far, str(one.pk)))  # type: ignore[attr-defined]


def calling_rules(clinic: Clinic) -> CallingRules:
    """Return when the clinic calls patients; the defaults when nobody has changed them."""
    found = _calling_rules(clinic.pk)
    return found[0] if found else CallingRules(clinic=clinic)


@prepared
def _calling_rules(clinic_id: uuid.UUID) -> QuerySet[CallingRules]:
    return CallingRules.objects.filter(clinic_id=clinic_id)


def calling_hours(clinic: Clinic) -> tuple[Stretches, Stretches]:
    """Return the stretches in which patients may be called, on workdays and at weekends."""
    rules = calling_rules(clinic)
    return stretches_of(rules.workdays, WORKDAYS), stretches_of(rules.weekend, WEEKEND)


def has_refused_calls(patient_id: uuid.UUID) -> bool:
    """Tell whether the patient wants no follow-up calls."""
    return bool(_refusals(patient_id))


@prepared
def _refusals(patient_id: uuid.UUID) -> QuerySet[Any, Any]:
    return CallRefusal.objects.filter(patient_id=patient_id, ended_at=None).values_list("pk", flat=True)


def call_refusal(clinic: Clinic, patient: Patient) -> CallRefusal | None:
    """Return since when and by which call the patient wants no follow-up calls, None when they are welcome."""
    return CallRefusal.objects.filter(clinic=clinic, patient=patient, ended_at=None).select_related("call__by").first()


def done_on(clinic: Clinic, *, since: datetime, until: datetime) -> list[FollowUpCall]:
    """Return the calls of that time, newest first, those taken back left out."""
    calls = FollowUpCall.objects.filter(clinic=clinic, at__gte=since, at__lt=until, undone_at=None)
    return list(calls.select_related("patient", "by", "task__step").order_by("-at", "-pk")[:LIST_LIMIT])


def open_counts(clinic: Clinic, *, today: date, user: User) -> dict[str, int]:
    """Return how many open tasks are due: mine, all, and those overdue."""
    due = FollowUpTask.objects.filter(clinic=clinic, status=TaskStatus.OPEN, due_on__lte=today)
    return due.aggregate(
        all=Count("pk"),
        mine=Count("pk", filter=_is_for(user, clinic)),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
    )


def _is_for(user: User, clinic: Clinic) -> Q:
    roles = (
        Grant.objects.filter(Q(clinic_id=clinic.pk) | Q(clinic_id=None), user=user)
        .exclude(role__key="")
        .values_list("role__key", flat=True)
    )
    staff = StaffMember.objects.filter(user=user).values_list("pk", flat=True)
    return Q(responsible__in=list(staff)) | Q(responsible=None, role__in=list(roles))


def _with_parts(tasks: QuerySet[FollowUpTask]) -> QuerySet[FollowUpTask]:
    return tasks.select_related("step", "dentist", "responsible", "visit", "appointment__dentist").prefetch_related(
        Prefetch("patient", queryset=with_badge(Patient.objects.all()))
    )


def task(clinic: Clinic, task_id: Any) -> FollowUpTask:
    """Return one task of the clinic with its parts. Raises NotFound."""
    found = _with_parts(FollowUpTask.objects.filter(clinic=clinic, pk=task_id)).first()
    if found is None:
        raise NotFound()
    return found


def call(clinic: Clinic, call_id: Any) -> FollowUpCall:
    """Return one call of the clinic. Raises NotFound."""
    found = FollowUpCall.objects.filter(clinic=clinic, pk=call_id).select_related("task").first()
    if found is None:
        raise NotFound()
    return found


def earlier_contacts(clinic: Clinic, patient: Patient, *, limit: int = 6) -> list[FollowUpCall]:
    """Return the patient's latest calls, so that nobody is asked the same twice."""
    calls = FollowUpCall.objects.filter(clinic=clinic, patient=patient, undone_at=None)
    return list(calls.select_related("by", "task__step").order_by("-at", "-pk")[:limit])


def coming_tasks(clinic: Clinic, patient: Patient, *, limit: int = 12) -> list[FollowUpTask]:
    """Return the patient's open tasks, soonest first."""
    tasks = FollowUpTask.objects.filter(clinic=clinic, patient=patient, status=TaskStatus.OPEN)
    return list(tasks.select_related("step", "dentist").order_by("due_on", "pk")[:limit])


def procedures_of(task: FollowUpTask) -> list[TreatmentDone]:
    """Return what was done at the task's visit."""
    done = TreatmentDone.objects.filter(visit_id=task.visit_id) if task.visit_id else TreatmentDone.objects.none()
    return list(done.select_related("procedure").order_by("position", "pk"))


def ranking(clinic: Clinic, patient_ids: Collection[uuid.UUID] | None, at: datetime) -> dict[uuid.UUID, int]:
    """Return who was called within the last two days and may be calling back."""
    bounds = clinic.pk, at - timedelta(days=2), at
    rows = _called(*bounds) if patient_ids is None else _called_of(*bounds, tuple(patient_ids))
    return dict.fromkeys(rows, 40)


@prepared
def _called(clinic_id: uuid.UUID, begin: datetime, end: datetime) -> QuerySet[Any, Any]:
    calls = FollowUpCall.objects.filter(clinic_id=clinic_id, at__gte=begin, at__lte=end, undone_at=None)
    return calls.order_by("-at").values_list("patient_id", flat=True)[:LIST_LIMIT]


@prepared
def _called_of(
    clinic_id: uuid.UUID, begin: datetime, end: datetime, patients: tuple[uuid.UUID, ...]
) -> QuerySet[Any, Any]:
    calls = FollowUpCall.objects.filter(clinic_id=clinic_id, at__gte=begin, at__lte=end, undone_at=None)
    return calls.filter(patient_id__in=patients).order_by("-at").values_list("patient_id", flat=True)[:LIST_LIMIT]


def protocols(clinic: Clinic) -> list[Protocol]:
    """Return the clinic's protocols, the active one first, older versions last."""
    return list(
        Protocol.objects.filter(clinic=clinic)
        .annotate(step_count=Count("steps"))
        .order_by("-is_active", "key", "-version")
    )


def protocol(clinic: Clinic, protocol_id: Any) -> Protocol:
    """Return one protocol of the clinic. Raises NotFound."""
    found = Protocol.objects.filter(clinic=clinic, pk=protocol_id).first()
    if found is None:
        raise NotFound()
    return found


def steps_of(protocol: Protocol) -> list[ProtocolStep]:
    """Return the protocol's steps in their order."""
    return list(ProtocolStep.objects.filter(protocol=protocol).order_by("position", "pk"))


def step(clinic: Clinic, step_id: Any) -> ProtocolStep:
    """Return one step of a protocol of the clinic. Raises NotFound."""
    found = ProtocolStep.objects.filter(protocol__clinic=clinic, pk=step_id).select_related("protocol").first()
    if found is None:
        raise NotFound()
    return found

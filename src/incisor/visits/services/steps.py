"""The steps of a visit: compare-and-set on the status, one row for each, and each can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair
from incisor.kernel import events, live
from incisor.kernel.db.constraints import violated_constraint
from incisor.kernel.db.writing import insert
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients import services as patients
from incisor.patients.queries import shown_name
from incisor.staff.models import StaffMember
from incisor.visits.enums import StepVerb, VisitStage, VisitStatus
from incisor.visits.events import TreatmentEnded, VisitClosed
from incisor.visits.models import Visit, VisitStep
from incisor.visits.rules.statuses import may_step, may_step_in_place
from incisor.visits.services._starting import refuse_unready

ANY_STEP = (Permission.CHAIR_WORK, Permission.MONEY_TAKE)
# What a step may change, and therefore restores when it is undone.
MOMENTS = (
    "called_at",
    "seated_at",
    "ended_at",
    "closed_at",
    "stage_at",
    "expected_end_at",
    "parked_at",
    "place_at",
)
KEYS = ("chair_id", "dentist_id")
PLAIN = ("closing_reason", "queue_rank", "stage", "calls", "urgency", "signs")
STAMP = {
    VisitStatus.CALLED: "called_at",
    VisitStatus.IN_CHAIR: "seated_at",
    VisitStatus.TO_PAY: "ended_at",
    VisitStatus.DONE: "closed_at",
    VisitStatus.LEFT: "closed_at",
}


class StepImpossible(Refused):
    """The step does not follow the visit's status."""

    code = "step_impossible"


class StepTaken(ChangedMeanwhile):
    """Somebody else took the step, or another one, first."""

    code = "step_taken"


class ChairTaken(Refused):
    """Another patient sits in the chair."""

    code = "chair_taken"


class UndoImpossible(Refused):
    """Something followed the step that should be undone."""

    code = "undo_impossible"


@action(Permission.RECEPTION_WORK, or_else=ANY_STEP)
def take_step(
    *,
    by: User,
    visit: Visit,
    to: str,
    at: datetime,
    reason: str = "",
    chair: Chair | None = None,
    dentist: StaffMember | None = None,
    restore: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
    verb: str = "",
) -> VisitStep:
    """Take a visit one step on. restore: what undoing it has to restore elsewhere.

    more: other fields that change with it, each of MOMENTS, KEYS or PLAIN. verb: what is special about it.

    Publishes TreatmentEnded and VisitClosed. Raises StepImpossible, StepTaken, ChairTaken.
    """
    before, after = VisitStatus(visit.status), VisitStatus(to)
    if not may_step(before, after):
        raise StepImpossible(
            _("%(patient)s is “%(now)s”; “%(wanted)s” cannot follow that. Look at the board again.")
            % {"patient": shown_name(visit.patient), "now": before.label, "wanted": after.label}
        )
    values: dict[str, Any] = {"status": after.value, "version": F("version") + 1}
    if after in STAMP:
        values[STAMP[after]] = at
    if after == VisitStatus.CALLED:
        values |= {"calls": F("calls") + 1, "parked_at": None}
    if after == VisitStatus.IN_CHAIR:
        values |= {"stage": VisitStage.SEATED.value, "stage_at": at, "parked_at": None}
    if after == VisitStatus.TO_PAY:
        values |= {"stage": "", "stage_at": None, "expected_end_at": None}
    if after == VisitStatus.WAITING:
        values["called_at"] = None
    values |= more or {}
    if chair is not None:
        values["chair_id"] = chair.pk
    if dentist is not None:
        values["dentist_id"] = dentist.pk
    if after in {VisitStatus.DONE, VisitStatus.LEFT}:
        values["closing_reason"] = reason[:200]
    was = _as_it_was(visit)
    _write(visit, before, values)
    step = VisitStep(
        visit=visit,
        from_status=before,
        to_status=after,
        verb=verb,
        reason=reason[:200],
        before={**_to_restore(was, values), **(restore or {})},
        by=by,
        at=at,
    )
    insert(step)
    record(
        "visit.step",
        subject=visit,
        patient_id=visit.patient_id,
        before={"status": before.value, "chair": was["chair_id"], "reason": ""},
        after={"status": after.value, "chair": str(visit.chair_id) if visit.chair_id else None, "reason": reason[:200]},
    )
    if after == VisitStatus.TO_PAY:
        seen = max(filter(None, (visit.patient.last_seen_on, visit.business_date)))
        patients.note_seen(by=by, patient=visit.patient, on=seen, at=at)
    _tell(visit, after, by, at)
    live.touch(visit.clinic_id, "day")
    return step


@action(Permission.RECEPTION_WORK, or_else=ANY_STEP)
def take_step_in_place(
    *,
    by: User,
    visit: Visit,
    verb: str,
    values: Mapping[str, Any],
    at: datetime,
    reason: str = "",
    restore: Mapping[str, Any] | None = None,
) -> VisitStep:
    """Take a step that leaves the status as it is (StepVerb): undone like every other, it restores what it changed.

    values: fields of MOMENTS, KEYS or PLAIN. restore: what undoing it has to restore elsewhere. Two hands at once: the
    second is refused. Raises StepTaken, ChairTaken, and NotReadyForTreatment for a stage in which the treatment
    starts while a consent is missing.
    """
    refuse_unready(visit, stage=values.get("stage", ""), at=at)
    if not may_step_in_place(visit.status, verb):
        raise StepImpossible(
            _("%(patient)s is “%(now)s”; that does not fit any more. Look at the board again.")
            % {"patient": shown_name(visit.patient), "now": VisitStatus(visit.status).label}
        )
    before, names = _as_it_was(visit), sorted(values)
    _write(visit, visit.status, {**values, "version": F("version") + 1}, version=visit.version)
    after = _as_it_was(visit)
    step = VisitStep(
        visit=visit,
        from_status=visit.status,
        to_status=visit.status,
        verb=StepVerb(verb),
        reason=reason[:200],
        before={**_to_restore(before, values), **(restore or {})},
        by=by,
        at=at,
    )
    insert(step)
    record(
        f"visit.{verb}",
        subject=visit,
        patient_id=visit.patient_id,
        before={**{name: before[name] for name in names}, "reason": ""},
        after={**{name: after[name] for name in names}, "reason": reason[:200]},
    )
    live.touch(visit.clinic_id, "day")
    return step


def _as_it_was(visit: Visit) -> dict[str, Any]:
    """Return what the visit's fields are now, as plain values."""
    held: dict[str, Any] = {name: getattr(visit, name) for name in PLAIN}
    held |= {name: str(getattr(visit, name)) if getattr(visit, name) else None for name in KEYS}
    moments = {name: getattr(visit, name) for name in MOMENTS}
    last_seen = visit.patient.last_seen_on
    held["last_seen_on"] = last_seen.isoformat() if last_seen else None
    return held | {name: moment.isoformat() if moment else None for name, moment in moments.items()}


def _to_restore(was: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what undoing a step restores: what it wrote, and nothing that somebody else corrected before or since."""
    return {name: value for name, value in was.items() if name in values or name == "last_seen_on"}


def _write(visit: Visit, before: str, values: dict[str, Any], *, version: int | None = None) -> None:
    """Write the values if the status is still the one that was read; bring the object up to date.

    version: it must be that one still, for a step which leaves the status as it is.
    """
    rows = Visit.objects.filter(pk=visit.pk, status=before)
    if version is not None:
        rows = rows.filter(version=version)
    try:
        with transaction.atomic():
            written = rows.update(**values)
    except IntegrityError as failure:
        if "chair" not in violated_constraint(failure):
            raise
        raise ChairTaken(_("Another patient sits in this chair. Choose a free one.")) from failure
    if not written:
        now = Visit.objects.values_list("status", flat=True).get(pk=visit.pk)
        raise StepTaken(
            _("Somebody else was faster: %(patient)s is now “%(now)s”.")
            % {"patient": shown_name(visit.patient), "now": VisitStatus(now).label}
        )
    visit.refresh_from_db(fields=["status", "version", *MOMENTS, *KEYS, *PLAIN])


def _tell(visit: Visit, after: VisitStatus, by: User, at: datetime) -> None:
    where: dict[str, Any] = {
        "clinic_id": visit.clinic_id,
        "visit_id": visit.pk,
        "patient_id": visit.patient_id,
        "at": at,
    }
    if after == VisitStatus.TO_PAY:
        events.publish(TreatmentEnded(by_id=by.pk, **where))
    if after == VisitStatus.DONE:
        events.publish(VisitClosed(**where))


@action(Permission.RECEPTION_WORK, or_else=ANY_STEP)
def undo_step(*, by: User, visit: Visit, step: VisitStep, at: datetime) -> dict[str, Any]:
    """Take back the visit's last step: all that it changed is exactly as it was before.

    Return what the step says has to be restored elsewhere. Raises UndoImpossible when something followed.
    """
    last = visit.steps.filter(undone_at=None).order_by("-at", "-pk").first()
    if last is None or last.pk != step.pk or not last.from_status or visit.status != last.to_status:
        raise UndoImpossible(
            _("This cannot be undone any more: %(patient)s is now “%(now)s”.")
            % {"patient": shown_name(visit.patient), "now": VisitStatus(visit.status).label}
        )
    values: dict[str, Any] = {name: last.before[name] for name in (*KEYS, *PLAIN) if name in last.before}
    moments = [name for name in MOMENTS if name in last.before]
    values |= {name: parse_datetime(last.before[name]) if last.before[name] else None for name in moments}
    _write(visit, visit.status, {**values, "status": last.from_status, "version": F("version") + 1})
    if not VisitStep.objects.filter(pk=last.pk, undone_at=None).update(undone_at=at, undone_by=by):
        raise UndoImpossible(_("Somebody else changed this visit first."))
    if last.to_status == VisitStatus.TO_PAY and last.from_status != VisitStatus.TO_PAY:
        former = last.before.get("last_seen_on")
        patients.note_seen(by=by, patient=visit.patient, on=parse_date(former) if former else None, at=at)
    record(
        "visit.step_undone",
        subject=visit,
        patient_id=visit.patient_id,
        before={"status": last.to_status, "verb": last.verb},
        after={"status": last.from_status, "verb": ""},
    )
    live.touch(visit.clinic_id, "day")
    return dict(last.before)

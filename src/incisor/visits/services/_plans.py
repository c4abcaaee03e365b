"""What every change of a treatment plan begins and ends with. Not services: they run inside one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max
from django.utils.translation import gettext as _

from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused
from incisor.visits.enums import PlanStatus
from incisor.visits.models import PlanEdit, PlanItem, PlanOption, PlanStage, TreatmentPlan
from incisor.visits.queries import plan_seals
from incisor.visits.queries import plans as queries
from incisor.visits.rules.plans import is_finished, may_become

KEPT_EDITS = 100


class PlanNotDraft(Refused):
    """The patient has the plan already; it is taken back before it is changed."""

    code = "plan_not_draft"


class PlanStepImpossible(Refused):
    """The step does not follow the plan's status."""

    code = "plan_step_impossible"


class PlanChanged(ChangedMeanwhile):
    """Somebody else changed the plan first."""

    code = "plan_changed"


def lock_plan(of: TreatmentPlan) -> TreatmentPlan:
    """Return the plan as it is now with everything in it; its row is locked until the end. Raises NotFound."""
    if not TreatmentPlan.objects.select_for_update(no_key=True, of=("self",)).filter(pk=of.pk).exists():
        raise NotFound()
    return queries.plan(of.clinic, of.pk)


def lock_draft(of: TreatmentPlan) -> TreatmentPlan:
    """Return the locked plan if it can be changed. Raises PlanNotDraft."""
    fresh = lock_plan(of)
    if fresh.status != PlanStatus.DRAFT:
        raise PlanNotDraft(
            _("This plan is “%(status)s” and cannot be changed as it is. Take it back to a draft, or copy it.")
            % {"status": fresh.get_status_display()}
        )
    return fresh


@contextmanager
def editing(of: TreatmentPlan, *, by: User, at: datetime, what: str) -> Iterator[TreatmentPlan]:
    """Change a draft: it is locked, what it looked like is kept for Undo, and the change is noted."""
    fresh = lock_draft(of)
    before = json.dumps(plan_seals.content_of(fresh), ensure_ascii=False)
    yield fresh
    last = PlanEdit.objects.filter(plan=fresh).aggregate(last=Max("number"))["last"] or 0
    PlanEdit.objects.create(plan=fresh, number=last + 1, before=before, by=by, at=at)
    PlanEdit.objects.filter(plan=fresh, number__lte=last + 1 - KEPT_EDITS).delete()
    TreatmentPlan.objects.filter(pk=fresh.pk).update(version=F("version") + 1)
    # the words stay out of the trail: it is read by people who may not read plans
    record("plan.changed", subject=fresh, patient_id=fresh.patient_id, after={"what": what})


def restore(of: TreatmentPlan, content: dict[str, Any]) -> None:
    """Write a draft as it was; its parts get the keys that they had."""
    PlanOption.objects.filter(plan=of).delete()
    TreatmentPlan.objects.filter(pk=of.pk).update(
        title=content["title"],
        problem=content["problem"],
        dentist_id=_key(content["dentist"]),
        version=F("version") + 1,
    )
    write_options(of, content["options"], keep_keys=True)


def write_options(of: TreatmentPlan, options: list[dict[str, Any]], *, keep_keys: bool, first: int = 0) -> None:
    """Write alternatives with their stages and items. keep_keys: as they were; else they are new ones."""
    for position, one in enumerate(options, start=first):
        option = PlanOption.objects.create(
            plan=of, title=one["title"], explanation=one["explanation"], is_recommended=one["is_recommended"],
            position=position, **_old(one, keep_keys),
        )  # fmt: skip
        for place, part in enumerate(one["stages"]):
            stage = PlanStage.objects.create(
                option=option, title=part["title"], after_days=part["after_days"], position=place,
                **_old(part, keep_keys),
            )  # fmt: skip
            PlanItem.objects.bulk_create(
                PlanItem(
                    stage=stage, procedure_id=UUID(item["procedure"]), teeth=item["teeth"], quantity=item["quantity"],
                    unit_minor=item["unit_minor"], note=item["note"], position=number, **_old(item, keep_keys),
                )
                for number, item in enumerate(part["items"])
            )  # fmt: skip


def _old(one: dict[str, Any], keep_keys: bool) -> dict[str, UUID]:
    return {"id": UUID(one["id"])} if keep_keys else {}


def _key(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def step_to(of: TreatmentPlan, status: PlanStatus, *, at: datetime, **values: Any) -> None:
    """Take a locked plan to another status. Raises PlanStepImpossible, PlanChanged."""
    before = PlanStatus(of.status)
    if not may_become(before, status):
        raise PlanStepImpossible(
            _("This plan is “%(now)s”; “%(wanted)s” cannot follow that. Look at it again.")
            % {"now": before.label, "wanted": status.label}
        )
    same = TreatmentPlan.objects.filter(pk=of.pk, status=before)
    if not same.update(status=status, status_at=at, version=F("version") + 1, **values):
        raise PlanChanged(_("Somebody else changed this plan meanwhile. Look at it again."))
    record(
        "plan.status_changed",
        subject=of,
        patient_id=of.patient_id,
        before={"status": before.value},
        after={"status": status.value},
    )
    live.touch(of.clinic_id, "day")


def follow_treatments(clinic: Clinic, patient_id: Any, *, at: datetime) -> None:
    """Finish the patient's plans in which everything is done, and open again those in which something is not.

    Runs inside the action that changed what was done, or what is still wanted.
    """
    found = queries.agreed_plans(clinic, patient_id)
    if not found:
        return
    progress = queries.progress_of(clinic, [patient_id])
    for of in found:
        option = queries.chosen_of(of)
        keys = {item.pk for stage in option.rows for item in stage.rows} if option else set()  # type: ignore[attr-defined]
        wanted = is_finished({key: one for key, one in progress.items() if key in keys})
        if wanted != (of.status == PlanStatus.FINISHED):
            step_to(of, PlanStatus.FINISHED if wanted else PlanStatus.ACCEPTED, at=at)

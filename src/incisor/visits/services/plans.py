"""Treatment plans: made, changed while they are drafts, each change with Undo."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.models import Patient
from incisor.staff.models import StaffMember
from incisor.visits.enums import PlanStatus
from incisor.visits.models import PlanEdit, PlanItem, PlanOption, PlanStage, TreatmentPlan, Visit
from incisor.visits.queries import plan_seals
from incisor.visits.queries import plans as queries
from incisor.visits.rules.plans import LONGEST_GAP_DAYS
from incisor.visits.rules.teeth import NoSuchTooth, teeth_in_order
from incisor.visits.services._plans import editing, lock_draft, restore, write_options

MOST_OPTIONS, MOST_STAGES, MOST_ITEMS = 5, 12, 40
LONGEST_TITLE, LONGEST_TEXT = 80, 2000


class PlanWrong(Refused):
    """Something in the plan is impossible: a tooth, a quantity, too many parts."""

    code = "plan_wrong"
    status = 422


class NothingToUndo(Refused):
    """No change of this draft is left that could be taken back."""

    code = "nothing_to_undo"


@action(Permission.PLAN_SEE)
def look_at_plan(*, by: User, plan: TreatmentPlan, at: datetime) -> None:
    """Note in the audit trail that somebody read the plan."""
    record("plan.seen", subject=plan, patient_id=plan.patient_id, is_look=True)


@action(Permission.PLAN_EDIT)
def make_plan(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    title: str,
    at: datetime,
    problem: str = "",
    dentist: StaffMember | None = None,
    visit: Visit | None = None,
) -> TreatmentPlan:
    """Begin a plan: one way to treat with one stage, still empty. visit: at which it is made. Raises PlanWrong."""
    made = TreatmentPlan.objects.create(
        clinic=clinic,
        patient=patient,
        visit=visit,
        dentist=dentist or (visit.dentist if visit else None),
        title=_title(title),
        problem=problem.strip()[:LONGEST_TEXT],
        status_at=at,
        created_by=by,
        created_at=at,
    )
    option = PlanOption.objects.create(plan=made, title="", is_recommended=True)
    PlanStage.objects.create(option=option)
    record("plan.made", subject=made, patient_id=patient.pk, after={"status": made.status})
    return made


@action(Permission.PLAN_EDIT)
def copy_plan(*, by: User, plan: TreatmentPlan, at: datetime) -> TreatmentPlan:
    """Begin a plan with everything that stands in another one of the same patient."""
    source = queries.plan(plan.clinic, plan.pk)
    made = TreatmentPlan.objects.create(
        clinic_id=source.clinic_id,
        patient_id=source.patient_id,
        dentist_id=source.dentist_id,
        title=source.title,
        problem=source.problem,
        status_at=at,
        created_by=by,
        created_at=at,
    )
    write_options(made, plan_seals.content_of(source)["options"], keep_keys=False)
    record("plan.made", subject=made, patient_id=made.patient_id, after={"status": made.status})
    return made


def _title(text: str) -> str:
    cleaned = " ".join(text.split())[:LONGEST_TITLE]
    if not cleaned:
        raise PlanWrong(_("Say in a few words what the plan is for, for example “Missing tooth 36”."))
    return cleaned


@action(Permission.PLAN_EDIT)
def change_plan(
    *, by: User, plan: TreatmentPlan, title: str, problem: str, dentist: StaffMember | None, at: datetime
) -> None:
    """Change what the plan is about and whose it is. Raises PlanWrong, PlanNotDraft."""
    with editing(plan, by=by, at=at, what="plan") as fresh:
        fresh.title, fresh.problem, fresh.dentist = _title(title), problem.strip()[:LONGEST_TEXT], dentist
        fresh.save(update_fields=["title", "problem", "dentist"])


@action(Permission.PLAN_EDIT)
def add_option(*, by: User, plan: TreatmentPlan, at: datetime, like: PlanOption | None = None) -> PlanOption:
    """Add an alternative, empty or as another one. Raises PlanWrong, PlanNotDraft."""
    with editing(plan, by=by, at=at, what="option") as fresh:
        rows: list[PlanOption] = fresh.rows  # type: ignore[attr-defined]  # prefetched
        if len(rows) >= MOST_OPTIONS:
            raise PlanWrong(_("%(most)s alternatives are enough to choose from.") % {"most": MOST_OPTIONS})
        place = max((row.position for row in rows), default=-1) + 1
        content: dict[str, Any] = {
            "title": "", "explanation": "", "stages": [{"title": "", "after_days": 0, "items": []}],
        }  # fmt: skip
        if like is not None:
            known = {one["id"]: one for one in plan_seals.content_of(fresh)["options"]}
            if str(like.pk) not in known:
                raise NotFound()
            content = known[str(like.pk)]
        write_options(fresh, [{**content, "is_recommended": not rows}], keep_keys=False, first=place)
        return PlanOption.objects.get(plan=fresh, position=place)


@action(Permission.PLAN_EDIT)
def change_option(
    *, by: User, option: PlanOption, title: str, explanation: str, is_recommended: bool, at: datetime
) -> None:
    """Name and explain an alternative; the recommended one takes the mark from the others. Raises PlanNotDraft."""
    with editing(option.plan, by=by, at=at, what="option") as fresh:
        if is_recommended:
            PlanOption.objects.filter(plan=fresh).update(is_recommended=False)
        written = PlanOption.objects.filter(plan=fresh, pk=option.pk).update(
            title=" ".join(title.split())[:LONGEST_TITLE],
            explanation=explanation.strip()[:LONGEST_TEXT],
            is_recommended=is_recommended,
        )
        _there(written)


@action(Permission.PLAN_EDIT)
def remove_option(*, by: User, option: PlanOption, at: datetime) -> None:
    """Take an alternative out of the draft. Raises PlanNotDraft."""
    with editing(option.plan, by=by, at=at, what="option") as fresh:
        _there(PlanOption.objects.filter(plan=fresh, pk=option.pk).delete()[0])


@action(Permission.PLAN_EDIT)
def add_stage(*, by: User, option: PlanOption, at: datetime, title: str = "", after_days: int = 0) -> PlanStage:
    """Add a stage to an alternative. Raises PlanWrong, PlanNotDraft."""
    with editing(option.plan, by=by, at=at, what="stage"):
        found = PlanStage.objects.filter(option=option)
        if found.count() >= MOST_STAGES:
            raise PlanWrong(_("A plan has at most %(most)s stages.") % {"most": MOST_STAGES})
        last = found.aggregate(last=Max("position"))["last"]
        return PlanStage.objects.create(
            option=option,
            title=title.strip()[:60],
            after_days=_gap(after_days),
            position=0 if last is None else last + 1,
        )


def _gap(days: int) -> int:
    if not 0 <= days <= LONGEST_GAP_DAYS:
        raise PlanWrong(_("Between two stages lie 0 days to 3 years."))
    return days


@action(Permission.PLAN_EDIT)
def change_stage(*, by: User, stage: PlanStage, title: str, after_days: int, at: datetime) -> None:
    """Name a stage and say how long after the one before it comes. Raises PlanWrong, PlanNotDraft."""
    with editing(stage.option.plan, by=by, at=at, what="stage"):
        values = {"title": title.strip()[:60], "after_days": _gap(after_days)}
        _there(PlanStage.objects.filter(pk=stage.pk).update(**values))


@action(Permission.PLAN_EDIT)
def remove_stage(*, by: User, stage: PlanStage, at: datetime) -> None:
    """Take a stage with its procedures out of the draft. Raises PlanNotDraft."""
    with editing(stage.option.plan, by=by, at=at, what="stage"):
        _there(PlanStage.objects.filter(pk=stage.pk).delete()[0])


def _there(count: int) -> None:
    """Raise NotFound when what was to be changed is gone: the change before it was taken back meanwhile."""
    if not count:
        raise NotFound(_("This part of the plan no longer exists: somebody changed the plan."))


@action(Permission.PLAN_EDIT)
def add_plan_item(
    *,
    by: User,
    stage: PlanStage,
    procedure: Procedure,
    at: datetime,
    teeth: Iterable[int] = (),
    quantity: int = 1,
    note: str = "",
) -> PlanItem:
    """Plan a procedure. Raises PlanWrong, PlanNotDraft."""
    with editing(stage.option.plan, by=by, at=at, what="item"):
        _there(PlanStage.objects.filter(pk=stage.pk).count())
        found = PlanItem.objects.filter(stage=stage)
        if found.count() >= MOST_ITEMS:
            raise PlanWrong(_("A stage has at most %(most)s procedures. Add another stage.") % {"most": MOST_ITEMS})
        last = found.aggregate(last=Max("position"))["last"]
        return PlanItem.objects.create(
            stage=stage,
            procedure=procedure,
            teeth=_teeth(teeth),
            quantity=_quantity(quantity),
            note=note.strip()[:120],
            position=0 if last is None else last + 1,
        )


def _teeth(numbers: Iterable[int]) -> list[int]:
    try:
        return teeth_in_order(numbers)
    except NoSuchTooth as wrong:
        raise PlanWrong(
            _("%(tooth)s is no tooth. Adult teeth are 11 to 48, milk teeth 51 to 85.") % {"tooth": wrong}
        ) from wrong


def _quantity(quantity: int) -> int:
    if not 1 <= quantity <= 99:
        raise PlanWrong(_("The quantity must be 1 to 99."))
    return quantity


@action(Permission.PLAN_EDIT)
def change_plan_item(
    *,
    by: User,
    item: PlanItem,
    teeth: Iterable[int],
    quantity: int,
    at: datetime,
    note: str = "",
    unit_minor: int | None = None,
) -> None:
    """Change a planned procedure. unit_minor: an estimate for what has no price on the list. Raises PlanWrong, PlanNotDraft."""
    if unit_minor is not None and unit_minor < 0:
        raise PlanWrong(_("A price is not negative."))
    with editing(item.stage.option.plan, by=by, at=at, what="item"):
        values = {
            "teeth": _teeth(teeth), "quantity": _quantity(quantity), "note": note.strip()[:120], "unit_minor": unit_minor,
        }  # fmt: skip
        _there(PlanItem.objects.filter(pk=item.pk).update(**values))


@action(Permission.PLAN_EDIT)
def move_plan_item(*, by: User, item: PlanItem, to: PlanStage, at: datetime) -> None:
    """Put a planned procedure at the end of another stage of its alternative, or of its own. Raises PlanNotDraft."""
    with editing(item.stage.option.plan, by=by, at=at, what="item"):
        if to.option_id != item.stage.option_id:
            raise NotFound()
        last = PlanItem.objects.filter(stage=to).aggregate(last=Max("position"))["last"]
        place = 0 if last is None else last + 1
        _there(PlanItem.objects.filter(pk=item.pk).update(stage=to, position=place))


@action(Permission.PLAN_EDIT)
def remove_plan_item(*, by: User, item: PlanItem, at: datetime) -> None:
    """Take a planned procedure out of the draft. Raises PlanNotDraft."""
    with editing(item.stage.option.plan, by=by, at=at, what="item"):
        _there(PlanItem.objects.filter(pk=item.pk).delete()[0])


@action(Permission.PLAN_EDIT)
def undo_plan_edit(*, by: User, plan: TreatmentPlan, at: datetime) -> None:
    """Take back the last change of a draft; again: the one before. Raises NothingToUndo, PlanNotDraft."""
    fresh = lock_draft(plan)
    last = queries.last_edit(fresh)
    if last is None:
        raise NothingToUndo(_("Nothing is left to be taken back."))
    restore(fresh, json.loads(last.before))
    PlanEdit.objects.filter(pk=last.pk).delete()
    record("plan.change_undone", subject=fresh, patient_id=fresh.patient_id, after={"status": PlanStatus.DRAFT.value})

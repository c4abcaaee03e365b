"""What becomes of a plan: offered to the patient, decided and signed, carried on, stopped."""

import json
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.forms.enums import Guardian
from incisor.forms.rules import Given, NotASignature, canonical, digest_of_bytes, drawn
from incisor.kernel.clock import local
from incisor.kernel.errors import NotFound, Refused
from incisor.visits.enums import DecisionKind, DecisionMark, ItemSettled, PlanStatus
from incisor.visits.models import PlanDecision, PlanItem, PlanOption, TreatmentPlan
from incisor.visits.queries import plan_seals
from incisor.visits.queries import plans as queries
from incisor.visits.rules.plans import AFTER_DECISION, THINKING_DAYS, Drawn, missing_for_offer
from incisor.visits.services._plans import PlanStepImpossible, follow_treatments, lock_plan, step_to

DESK = (Permission.FORM_FILL,)  # whoever has forms signed has plans signed


class PlanIncomplete(Refused):
    """The plan lacks something that a patient needs for a decision. details: missing."""

    code = "plan_incomplete"
    status = 422


class NotSignedByPatient(Refused):
    """Nobody has signed. details: field, "sign" or "name"."""

    code = "plan_not_signed"
    status = 422


class ReasonNeeded(Refused):
    """This step says why. details: field."""

    code = "plan_reason_needed"
    status = 422


@action(Permission.PLAN_EDIT)
def offer_plan(*, by: User, plan: TreatmentPlan, at: datetime) -> None:
    """Give the plan to the patient: from now on its prices are those of today. Raises PlanIncomplete, PlanStepImpossible."""
    fresh = lock_plan(plan)
    options: list[PlanOption] = fresh.rows  # type: ignore[attr-defined]  # prefetched
    shape = [
        Drawn(title=option.title, stage_items=tuple(len(stage.rows) for stage in option.rows))  # type: ignore[attr-defined]
        for option in options
    ]
    missing = missing_for_offer(shape)
    if missing:
        words = {
            "options": _("at least one way to treat"),
            "titles": _("a name for each alternative"),
            "items": _("procedures in each alternative"),
        }
        raise PlanIncomplete(
            _("Before the patient can decide, the plan needs: %(what)s.")
            % {"what": ", ".join(words[name] for name in missing)},
            missing=missing,
        )
    _fix_prices(fresh, queries.day_of(fresh.clinic, at))
    ask = queries.day_of(fresh.clinic, at) + timedelta(days=THINKING_DAYS)
    step_to(fresh, PlanStatus.OFFERED, at=at, offered_at=at, ask_again_on=ask)


def _fix_prices(fresh: TreatmentPlan, day: date) -> None:
    prices = queries.prices_for_plans(fresh.clinic, day)
    changed = []
    for item in PlanItem.objects.filter(stage__option__plan=fresh):
        price = prices.get(item.procedure_id)
        if price is not None and price != item.unit_minor:
            item.unit_minor = price
            changed.append(item)
    PlanItem.objects.bulk_update(changed, ["unit_minor"])


@action(Permission.PLAN_EDIT)
def redraft_plan(*, by: User, plan: TreatmentPlan, at: datetime) -> None:
    """Take an offered plan back to change it, or take one up again that was put away. Raises PlanStepImpossible."""
    fresh = lock_plan(plan)
    if queries.was_signed(fresh):
        raise PlanStepImpossible(_("This plan was signed once; what was signed stays. Copy it and change the copy."))
    step_to(fresh, PlanStatus.DRAFT, at=at, ask_again_on=None)


@action(Permission.PLAN_EDIT)
def put_plan_away(*, by: User, plan: TreatmentPlan, at: datetime) -> None:
    """Put away a plan that nobody has agreed to. Raises PlanStepImpossible."""
    step_to(lock_plan(plan), PlanStatus.PUT_AWAY, at=at, ask_again_on=None)


@action(Permission.PLAN_EDIT, or_else=DESK)
def decide_plan(
    *,
    by: User,
    plan: TreatmentPlan,
    kind: str,
    at: datetime,
    option: PlanOption | None = None,
    signature: Given | None = None,
    words: str = "",
    ask_again_on: date | None = None,
) -> PlanDecision:
    """Write down what the patient decided. To agree, an option is chosen and signed; the others may be said.

    words: why the patient declines, or what there is to think about. ask_again_on: for LATER; a week when not said.
    Raises NotSignedByPatient, ReasonNeeded, PlanStepImpossible.
    """
    chosen = DecisionKind(kind)
    fresh = lock_plan(plan)
    if fresh.status != PlanStatus.OFFERED:
        raise PlanStepImpossible(
            _("This plan is “%(now)s”; there is nothing to decide. Look at it again.")
            % {"now": fresh.get_status_display()}
        )
    told = words.strip()[:500]
    made = PlanDecision(plan=fresh, kind=chosen, words=told, mark=DecisionMark.SAID, by=by, at=at)
    if chosen is DecisionKind.ACCEPTED:
        made.option = next((one for one in fresh.rows if option is not None and one.pk == option.pk), None)  # type: ignore[attr-defined]
        if made.option is None:
            raise NotSignedByPatient(_("Choose one of the alternatives first."), field="option")
        _sign(made, signature, patient_name=fresh.patient.name)
        PlanOption.objects.filter(pk=made.option.pk).update(is_chosen=True)
    elif chosen is DecisionKind.DECLINED and not told:
        raise ReasonNeeded(_("Write why the patient declines, in the patient's words."), field="words")
    today = queries.day_of(fresh.clinic, at)
    if chosen is DecisionKind.LATER:
        made.ask_again_on = ask_again_on or today + timedelta(days=THINKING_DAYS)
        if made.ask_again_on < today:
            raise ReasonNeeded(_("The day on which the patient is asked again lies in the past."), field="ask_again_on")
    if made.mark != DecisionMark.SAID:
        made.sealed = canonical(plan_seals.signed_facts(fresh, made))
        made.digest = digest_of_bytes(made.sealed.encode())
    made.save(force_insert=True)
    record(
        "plan.decided",
        subject=fresh,
        patient_id=fresh.patient_id,
        after={"status": chosen.value, "hash": made.digest, "day": str(made.ask_again_on or "")},
    )
    if chosen is DecisionKind.LATER:
        TreatmentPlan.objects.filter(pk=fresh.pk).update(ask_again_on=made.ask_again_on, version=F("version") + 1)
    else:
        step_to(fresh, AFTER_DECISION[chosen], at=at, ask_again_on=None)
        follow_treatments(fresh.clinic, fresh.patient_id, at=at)
    return made


def _sign(made: PlanDecision, given: Given | None, *, patient_name: str) -> None:
    """Take the signature. Raises NotSignedByPatient."""
    if given is None:
        raise NotSignedByPatient(_("The patient has not signed yet."), field="sign")
    made.name = " ".join(given.name.split())[:60] or patient_name
    made.relation = given.relation if given.relation in Guardian.values else ""
    if given.is_typed:
        made.mark = DecisionMark.TYPED
        return
    try:
        picture = drawn(given.strokes)
    except NotASignature as wrong:
        raise NotSignedByPatient(
            _("The patient has not signed yet, or the line is too short."), field="sign"
        ) from wrong
    made.mark, made.milliseconds = DecisionMark.DRAWN, picture.milliseconds
    made.strokes = json.dumps(picture.strokes, separators=(",", ":"))


@action(Permission.PLAN_EDIT)
def take_back_decision(*, by: User, plan: TreatmentPlan, reason: str, at: datetime) -> None:
    """Open the question again: what was signed stays to be seen, with the reason. Raises ReasonNeeded, PlanStepImpossible."""
    why = " ".join(reason.split())[:120]
    if not why:
        raise ReasonNeeded(_("Say why the decision is taken back; what was signed stays to be seen."), field="reason")
    fresh = lock_plan(plan)
    standing = queries.decision_of(fresh)
    today = local(at, fresh.clinic.zone).date()
    PlanOption.objects.filter(plan=fresh).update(is_chosen=False)
    if standing is not None:
        PlanDecision.objects.filter(pk=standing.pk).update(taken_back_by=by, taken_back_at=at, taken_back_reason=why)
    step_to(fresh, PlanStatus.OFFERED, at=at, ask_again_on=today + timedelta(days=THINKING_DAYS))


@action(Permission.PLAN_EDIT)
def stop_plan(*, by: User, plan: TreatmentPlan, reason: str, at: datetime) -> None:
    """End a plan before everything is done. Raises ReasonNeeded, PlanStepImpossible."""
    why = reason.strip()[:500]
    if not why:
        raise ReasonNeeded(_("Say why the treatment ends before the plan is done."), field="reason")
    step_to(lock_plan(plan), PlanStatus.STOPPED, at=at, stop_reason=why)


@action(Permission.PLAN_EDIT)
def resume_plan(*, by: User, plan: TreatmentPlan, at: datetime) -> None:
    """Go on with a plan that was stopped. Raises PlanStepImpossible."""
    fresh = lock_plan(plan)
    if fresh.status != PlanStatus.STOPPED:
        raise PlanStepImpossible(_("Only a plan that was stopped can be resumed."))
    step_to(fresh, PlanStatus.ACCEPTED, at=at, stop_reason="")
    follow_treatments(fresh.clinic, fresh.patient_id, at=at)


@action(Permission.PLAN_EDIT)
def settle_plan_item(*, by: User, item: PlanItem, settled: str, at: datetime, note: str = "") -> None:
    """Say that a planned procedure will not be done here: done elsewhere, or no longer needed. Raises PlanStepImpossible."""
    kind = ItemSettled(settled)
    fresh = _agreed(item)
    PlanItem.objects.filter(pk=item.pk).update(
        settled=kind, settled_note=note.strip()[:120], settled_by=by, settled_at=at
    )
    _told(fresh, item, before="", after=kind.value, at=at)


@action(Permission.PLAN_EDIT)
def reopen_plan_item(*, by: User, item: PlanItem, at: datetime) -> None:
    """Want a planned procedure again that was settled. Raises PlanStepImpossible."""
    fresh = _agreed(item)
    PlanItem.objects.filter(pk=item.pk).update(settled="", settled_note="", settled_by=None, settled_at=None)
    _told(fresh, item, before=item.settled, after="", at=at)


def _agreed(item: PlanItem) -> TreatmentPlan:
    fresh = lock_plan(item.stage.option.plan)
    if fresh.status not in {PlanStatus.ACCEPTED, PlanStatus.FINISHED}:
        raise PlanStepImpossible(_("Only what was agreed to and is not stopped can be settled."))
    if not item.stage.option.is_chosen:
        raise NotFound()
    return fresh


def _told(fresh: TreatmentPlan, item: PlanItem, *, before: str, after: str, at: datetime) -> None:
    record(
        "plan.item_settled",
        subject=fresh,
        patient_id=fresh.patient_id,
        before={"status": before},
        after={"status": after, "item": item.procedure.code},
    )
    follow_treatments(fresh.clinic, fresh.patient_id, at=at)

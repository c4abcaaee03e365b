"""Reading treatment plans: one with its alternatives and estimates, those of a patient, how far they are."""

import uuid
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.clock import business_date
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient, PatientAlert
from incisor.visits.enums import PlanStatus, VisitStatus
from incisor.visits.hooks import price_of
from incisor.visits.models import (
    PlanDecision,
    PlanEdit,
    PlanItem,
    PlanOption,
    PlanStage,
    TreatmentDone,
    TreatmentPlan,
)
from incisor.visits.rules import plans as rules
from incisor.visits.rules.plans import DoneOnce, Due, Estimate, Planned, Progress, Stage

ITEMS = Prefetch(
    "items", PlanItem.objects.select_related("procedure", "settled_by").order_by("position", "pk"), to_attr="rows"
)
STAGES = Prefetch("stages", PlanStage.objects.prefetch_related(ITEMS).order_by("position", "pk"), to_attr="rows")
OPTIONS = Prefetch("options", PlanOption.objects.prefetch_related(STAGES).order_by("position", "pk"), to_attr="rows")
DECISIONS = Prefetch(
    "decisions",
    PlanDecision.objects.select_related("by", "option", "taken_back_by").order_by("-at", "-pk"),
    to_attr="said",
)
OPEN_ALERTS = PatientAlert.objects.filter(ended_at=None).order_by("recorded_at", "pk")
WITH_ALERTS = Prefetch("patient__alerts", OPEN_ALERTS, to_attr="open_alerts")


def whole_plans(clinic: Clinic) -> QuerySet[TreatmentPlan]:
    """Return the clinic's plans with everything that stands in them: options, stages and items as `rows`."""
    found = TreatmentPlan.objects.filter(clinic=clinic)
    found = found.select_related("clinic", "patient", "dentist", "created_by", "visit")
    return found.prefetch_related(OPTIONS, DECISIONS, WITH_ALERTS)


def plan(clinic: Clinic, plan_id: Any) -> TreatmentPlan:
    """Return one of the clinic's plans with everything that stands in it. Raises NotFound."""
    key = as_uuid(plan_id)
    found = whole_plans(clinic).filter(pk=key).first() if key else None
    if found is None:
        raise NotFound()
    return found


def plan_option(clinic: Clinic, option_id: Any) -> PlanOption:
    """Return an alternative of one of the clinic's plans. Raises NotFound."""
    found: PlanOption = _part(PlanOption.objects.filter(plan__clinic=clinic).select_related("plan__clinic"), option_id)
    return found


def plan_stage(clinic: Clinic, stage_id: Any) -> PlanStage:
    """Return a stage of one of the clinic's plans. Raises NotFound."""
    rows = PlanStage.objects.filter(option__plan__clinic=clinic).select_related("option__plan__clinic")
    found: PlanStage = _part(rows, stage_id)
    return found


def plan_item(clinic: Clinic, item_id: Any) -> PlanItem:
    """Return a planned procedure of one of the clinic's plans. Raises NotFound."""
    rows = PlanItem.objects.filter(stage__option__plan__clinic=clinic)
    found: PlanItem = _part(rows.select_related("stage__option__plan__clinic", "procedure"), item_id)
    return found


def _part(rows: QuerySet[Any], part_id: Any) -> Any:
    key = as_uuid(part_id)
    found = rows.filter(pk=key).first() if key else None
    if found is None:
        raise NotFound()
    return found


def prices_for_plans(clinic: Clinic, day: date) -> dict[uuid.UUID, int]:
    """Return the price in fen of each procedure that has one on that day."""
    prices: dict[uuid.UUID, int] = {}
    for source in price_of:
        prices |= source.find(clinic, day)
    return prices


def day_of(clinic: Clinic, at: datetime) -> date:
    """Return the clinic's business date of the moment."""
    return business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)


def chosen_of(of: TreatmentPlan) -> PlanOption | None:
    """Return the alternative that the patient agreed to. The plan comes from `plan` or `whole_plans`."""
    return next((option for option in of.rows if option.is_chosen), None)  # type: ignore[attr-defined]  # prefetched


def decision_of(of: TreatmentPlan) -> PlanDecision | None:
    """Return what the patient said last and did not take back."""
    said: list[PlanDecision] = of.said  # type: ignore[attr-defined]  # prefetched
    return next((one for one in said if one.taken_back_at is None), None)


def planned(item: PlanItem, *, since: date, unit_minor: int | None) -> Planned:
    """Return a planned procedure as the rules know it."""
    return Planned(
        id=item.pk,
        procedure=item.procedure_id,
        teeth=tuple(item.teeth),
        quantity=item.quantity,
        is_per_tooth=item.procedure.is_per_tooth,
        unit_minor=unit_minor,
        since=since,
        is_settled=bool(item.settled),
    )


Found = dict[Hashable, Progress]


def progress_of(clinic: Clinic, patient_ids: Collection[uuid.UUID]) -> Found:
    """Return how far everything is that these patients agreed to, by the item's id. Two queries for any number."""
    rows = (
        PlanItem.objects.filter(
            stage__option__plan__clinic=clinic,
            stage__option__plan__patient__in=patient_ids,
            stage__option__plan__status__in=sorted(rules.AGREED - {PlanStatus.STOPPED}),
            stage__option__is_chosen=True,
        )
        .select_related("procedure", "stage__option__plan")
        .order_by("stage__option__plan__created_at", "stage__position", "stage__pk", "position", "pk")
    )
    by_patient: dict[uuid.UUID, list[Planned]] = {}
    for row in rows:
        of = row.stage.option.plan
        since = day_of(clinic, of.created_at)
        one = planned(row, since=since, unit_minor=row.unit_minor)
        by_patient.setdefault(of.patient_id, []).append(one)
    done = _done_by(clinic, by_patient)
    found: Found = {}
    for patient_id, items in by_patient.items():
        found |= rules.progress(items, done.get(patient_id, []))
    return found


def _done_by(clinic: Clinic, wanted: dict[uuid.UUID, list[Planned]]) -> dict[uuid.UUID, list[DoneOnce]]:
    if not wanted:
        return {}
    first = min(item.since for items in wanted.values() for item in items)
    rows = (
        TreatmentDone.objects.filter(
            visit__clinic=clinic,
            visit__patient__in=list(wanted),
            visit__business_date__gte=first,
            procedure__in={item.procedure for items in wanted.values() for item in items},
        )
        .exclude(visit__status=VisitStatus.WITHDRAWN)
        .order_by("visit__business_date", "position", "pk")
    )
    found: dict[uuid.UUID, list[DoneOnce]] = {}
    for patient_id, procedure_id, teeth, quantity, day in rows.values_list(
        "visit__patient_id", "procedure_id", "teeth", "quantity", "visit__business_date"
    ):
        found.setdefault(patient_id, []).append(
            DoneOnce(procedure=procedure_id, teeth=tuple(teeth), quantity=quantity, on=day)
        )
    return found


@dataclass(frozen=True)
class ItemSheet:
    """A planned procedure as pages show it. price_minor: None without a price. progress: None before it was agreed to."""

    item: PlanItem
    price_minor: int | None
    progress: Progress | None = None


@dataclass(frozen=True)
class StageSheet:
    """A stage as pages show it."""

    stage: PlanStage
    items: list[ItemSheet]
    estimate: Estimate


@dataclass(frozen=True)
class OptionSheet:
    """An alternative as pages show it. letter: A, B, C."""

    option: PlanOption
    letter: str
    stages: list[StageSheet]
    estimate: Estimate
    visit_count: int


@dataclass(frozen=True)
class PlanSheet:
    """A plan as pages show it. done_count of wanted_count: steps of what was agreed to. due: what is next, with its items."""

    plan: TreatmentPlan
    options: list[OptionSheet]
    chosen: OptionSheet | None
    decision: PlanDecision | None
    done_count: int = 0
    wanted_count: int = 0
    due: Due | None = None
    due_items: tuple[PlanItem, ...] = ()

    @property
    def percent(self) -> int:
        """How much of it is done, in hundredths."""
        return round(100 * self.done_count / self.wanted_count) if self.wanted_count else 0


def sheet_of(of: TreatmentPlan, *, at: datetime) -> PlanSheet:
    """Return all that the page of a plan shows. The plan comes from `plan`."""
    return sheets_of(of.clinic, [of], at=at)[0]


def sheets_of(clinic: Clinic, found: Collection[TreatmentPlan], *, at: datetime) -> list[PlanSheet]:
    """Return all that pages show of plans of one clinic, in the same number of queries for any number of them."""
    agreed = {one.patient_id for one in found if one.status in rules.AGREED}
    progress = progress_of(clinic, agreed) if agreed else {}
    is_open = any(one.status == PlanStatus.DRAFT for one in found)
    prices = prices_for_plans(clinic, day_of(clinic, at)) if is_open else {}
    return [_sheet(one, prices, progress) for one in found]


def _sheet(of: TreatmentPlan, prices: dict[uuid.UUID, int], progress: Found) -> PlanSheet:
    is_draft = of.status == PlanStatus.DRAFT
    options: list[OptionSheet] = []
    for number, option in enumerate(of.rows):  # type: ignore[attr-defined]  # prefetched
        stages = [_stage(of, stage, prices if is_draft else None, progress) for stage in option.rows]
        whole = Estimate(
            sum(stage.estimate.total_minor for stage in stages), sum(stage.estimate.unpriced_count for stage in stages)
        )
        count = sum(sheet.item.quantity for stage in stages for sheet in stage.items)
        options.append(OptionSheet(option, chr(ord("A") + number % 26), stages, whole, count))
    chosen = next((one for one in options if one.option.is_chosen), None)
    decision = decision_of(of)
    if chosen is None:
        return PlanSheet(of, options, None, decision)
    steps = [one.progress for stage in chosen.stages for one in stage.items if one.progress is not None]
    counted = [one for one in steps if not one.item.is_settled]
    due = _due(of, chosen, progress, decision) if of.status == PlanStatus.ACCEPTED else None
    by_key = {sheet.item.pk: sheet.item for stage in chosen.stages for sheet in stage.items}
    return PlanSheet(
        of,
        options,
        chosen,
        decision,
        done_count=sum(min(one.count, one.item.wanted) for one in counted),
        wanted_count=sum(one.item.wanted for one in counted),
        due=due,
        due_items=tuple(by_key[item.id] for item in due.items) if due else (),  # type: ignore[index]  # a UUID
    )


def _stage(of: TreatmentPlan, stage: PlanStage, prices: dict[uuid.UUID, int] | None, progress: Found) -> StageSheet:
    since = day_of(of.clinic, of.created_at)
    items = []
    for item in stage.rows:  # type: ignore[attr-defined]  # prefetched
        unit = item.unit_minor
        if prices is not None:
            unit = prices.get(item.procedure_id, item.unit_minor)
        items.append((item, planned(item, since=since, unit_minor=unit)))
    rows = [ItemSheet(item, one.price_minor, progress.get(item.pk)) for item, one in items]
    return StageSheet(stage, rows, rules.estimate(one for _item, one in items))


def _due(of: TreatmentPlan, chosen: OptionSheet, progress: Found, decision: PlanDecision | None) -> Due | None:
    agreed_on = day_of(of.clinic, decision.at if decision else of.status_at)
    stages = [
        Stage(tuple(one.progress.item for one in stage.items if one.progress is not None), stage.stage.after_days)
        for stage in chosen.stages
    ]
    return rules.due_next(stages, progress, agreed_on=agreed_on)


def plans_of_patient(clinic: Clinic, patient_id: Any, *, at: datetime, limit: int = 30) -> list[PlanSheet]:
    """Return the patient's plans as pages show them, the newest first; those put away last."""
    rows = list(whole_plans(clinic).filter(patient=patient_id).order_by("-created_at", "-pk")[:limit])
    rows.sort(key=lambda one: one.status == PlanStatus.PUT_AWAY)
    return sheets_of(clinic, rows, at=at)


def due_by_patient(clinic: Clinic, patient_ids: Any) -> dict[uuid.UUID, tuple[Procedure, date]]:
    """Return what each patient's agreed plans say is to be done next, with its day, for any number of patients."""
    rows = list(whole_plans(clinic).filter(patient__in=patient_ids, status=PlanStatus.ACCEPTED).order_by("created_at"))
    found: dict[uuid.UUID, tuple[Procedure, date]] = {}
    for sheet in sheets_of(clinic, rows, at=rows[0].status_at) if rows else []:
        known = found.get(sheet.plan.patient_id)
        if sheet.due is not None and (known is None or sheet.due.on < known[1]):
            found[sheet.plan.patient_id] = (sheet.due_items[0].procedure, sheet.due.on)
    return found


def due_next(clinic: Clinic, patient: Patient) -> list[Procedure]:
    """Return what is to be booked next by the plan that is due first: one procedure; empty when nothing is due."""
    return [procedure for procedure, _on in due_by_patient(clinic, [patient.pk]).values()]


def agreed_plans(clinic: Clinic, patient_id: Any) -> list[TreatmentPlan]:
    """Return the patient's plans that were agreed to and are not stopped."""
    kept = (PlanStatus.ACCEPTED, PlanStatus.FINISHED)
    return list(whole_plans(clinic).filter(patient=patient_id, status__in=kept).order_by("created_at", "pk"))


def open_plan_count(clinic: Clinic, patient_id: Any, at: datetime) -> int:
    """Return how many of the patient's plans await a decision."""
    return TreatmentPlan.objects.filter(clinic=clinic, patient=patient_id, status=PlanStatus.OFFERED).count()


def last_edit(of: TreatmentPlan) -> PlanEdit | None:
    """Return the last change of a draft that can be taken back."""
    return PlanEdit.objects.filter(plan=of).order_by("-number").first()


def was_signed(of: TreatmentPlan) -> bool:
    """Tell whether an alternative of the plan was signed once, also when it was taken back."""
    return PlanDecision.objects.filter(plan=of, option__isnull=False).exists()

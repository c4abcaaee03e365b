"""The worklists of plans: who has to decide, whose next step has no time yet, what is not finished writing."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from incisor.clinics.models import Clinic
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment
from incisor.visits.enums import PlanStatus
from incisor.visits.queries.plans import PlanSheet, day_of, sheets_of, whole_plans

MOST = 200


@dataclass(frozen=True)
class Awaiting:
    """A plan that a patient has to decide on. days: since it was offered. is_due: somebody should ask now."""

    sheet: PlanSheet
    days: int
    is_due: bool
    lowest_minor: int
    highest_minor: int


def plans_awaiting(clinic: Clinic, at: datetime) -> list[Awaiting]:
    """Return the plans that await a decision, those to be asked about first."""
    today = day_of(clinic, at)
    found = whole_plans(clinic).filter(status=PlanStatus.OFFERED).order_by("ask_again_on", "offered_at", "pk")[:MOST]
    rows = []
    for sheet in sheets_of(clinic, list(found), at=at):
        of = sheet.plan
        totals = [option.estimate.total_minor for option in sheet.options] or [0]
        offered_on = day_of(clinic, of.offered_at or of.created_at)
        is_due = of.ask_again_on is not None and of.ask_again_on <= today
        rows.append(Awaiting(sheet, (today - offered_on).days, is_due, min(totals), max(totals)))
    return rows


@dataclass(frozen=True)
class ToBook:
    """An agreed plan whose next step has no appointment. is_late: its day has come."""

    sheet: PlanSheet
    due_on: date
    is_late: bool


def plans_to_book(clinic: Clinic, at: datetime) -> list[ToBook]:
    """Return the agreed plans in which something is due and the patient expects no appointment, the longest due first."""
    today = day_of(clinic, at)
    found = list(whole_plans(clinic).filter(status=PlanStatus.ACCEPTED).order_by("status_at", "pk")[:MOST])
    booked = _booked(clinic, {one.patient_id for one in found}, at)
    free = [one for one in found if one.patient_id not in booked]
    rows = [
        ToBook(sheet, sheet.due.on, sheet.due.on <= today)
        for sheet in sheets_of(clinic, free, at=at)
        if sheet.due is not None
    ]
    return sorted(rows, key=lambda row: row.due_on)


def _booked(clinic: Clinic, patient_ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    rows = Appointment.objects.filter(
        clinic=clinic, patient__in=patient_ids, starts_at__gte=at, status__in=sorted(EXPECTED)
    )
    return set(rows.values_list("patient_id", flat=True))


def plan_drafts(clinic: Clinic, at: datetime) -> list[PlanSheet]:
    """Return the plans that nobody has offered yet, the newest first."""
    found = whole_plans(clinic).filter(status=PlanStatus.DRAFT).order_by("-created_at", "-pk")[:MOST]
    return sheets_of(clinic, list(found), at=at)

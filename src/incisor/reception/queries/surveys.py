"""What patients answered to the question after a visit."""

from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds
from incisor.kernel.errors import NotFound
from incisor.reception.models import Survey
from incisor.reception.queries.flow import flow_rules
from incisor.reception.queries.sheets import can_send
from incisor.reception.rules.leaving import may_ask
from incisor.visits.models import Visit


def may_be_asked(visit: Visit, at: datetime) -> bool:
    """Tell whether the patient is asked after this visit: by rule, reachable, and not asked lately."""
    rules, clinic = flow_rules(visit.clinic), visit.clinic
    last = Survey.objects.filter(clinic=clinic, visit__patient=visit.patient_id, withdrawn_at=None).exclude(visit=visit)
    asked_at = last.order_by("-asked_at").values_list("asked_at", flat=True).first()
    return may_ask(
        is_on=rules.survey_is_on,
        can_reach=can_send(clinic, visit.patient, "visit_survey"),
        days_since_last=(at - asked_at).days if asked_at else None,
        every_days=rules.survey_every_days,
    )


def survey_by_id(clinic: Clinic, survey_id: Any) -> Survey:
    """Return the question that a patient's link opens. Raises NotFound."""
    found = (
        Survey.objects.filter(clinic=clinic, pk=survey_id, withdrawn_at=None).select_related("visit__patient").first()
    )
    if found is None:
        raise NotFound()
    return found


def survey_of(visit: Visit) -> Survey | None:
    """Return the question after a visit, None when nobody asked."""
    return Survey.objects.filter(visit=visit, withdrawn_at=None).first()


def answers_between(clinic: Clinic, first: date, last: date) -> tuple[list[Survey], dict[str, Any]]:
    """Return the answers of these days, the newest first, and how many there are with their average."""
    begins, _after = day_bounds(first, clinic.zone)
    _before, ends = day_bounds(last, clinic.zone)
    rows = Survey.objects.filter(clinic=clinic, answered_at__gte=begins, answered_at__lt=ends)
    figures = rows.aggregate(count=Count("pk"), average=Avg("score"))
    shown = rows.select_related("visit__patient", "visit__dentist").order_by("-answered_at", "-pk")[:200]
    return list(shown), figures

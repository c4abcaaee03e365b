"""Health checks before visits: what was answered, and who has none yet."""

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient
from incisor.scheduling.enums import AppointmentStatus
from incisor.scheduling.models import Appointment
from incisor.visits.enums import PRESENT
from incisor.visits.models import HealthCheck, Visit
from incisor.visits.rules.health_check import Worry, worries

EXPECTED = frozenset({AppointmentStatus.REQUESTED, AppointmentStatus.CONFIRMED})


@dataclass(frozen=True)
class CheckDone:
    """A health check with its answers opened."""

    row: HealthCheck
    answers: dict[str, str]
    worries: list[Worry]


def _opened(row: HealthCheck) -> CheckDone:
    answers = json.loads(row.answers)
    return CheckDone(row, answers, worries(answers))


def health_check_of(visit: Visit) -> CheckDone | None:
    """Return the check done for this visit, here or by phone for its appointment; None when nobody asked yet."""
    meant = Q(visit=visit)
    if visit.appointment_id:
        meant |= Q(visit=None, appointment=visit.appointment_id)
    rows = HealthCheck.objects.filter(meant, clinic_id=visit.clinic_id, patient_id=visit.patient_id, ended_at=None)
    row = rows.select_related("by").order_by("-at", "-pk").first()
    return _opened(row) if row else None


def coming(clinic: Clinic, patient: Patient, *, at: datetime) -> tuple[Visit | None, Appointment | None]:
    """Return the visit that the patient is here for now, else the next appointment; neither when nothing is planned."""
    here = Visit.objects.filter(clinic=clinic, patient=patient, status__in=PRESENT).select_related("appointment")
    visit = here.order_by("-arrived_at", "-pk").first()
    if visit is not None:
        return visit, None
    today, _end = day_bounds(local(at, clinic.zone).date(), clinic.zone)
    ahead = Appointment.objects.filter(clinic=clinic, patient=patient, starts_at__gte=today, status__in=EXPECTED)
    return None, ahead.select_related("dentist").order_by("starts_at", "pk").first()


def health_check_for(
    clinic: Clinic, patient: Patient, *, visit: Visit | None, appointment: Appointment | None
) -> CheckDone | None:
    """Return the check done for this coming: that of the visit, or that of the appointment. None when nobody asked yet."""
    if visit is not None:
        return health_check_of(visit)
    rows = HealthCheck.objects.filter(
        clinic=clinic, patient=patient, visit=None, ended_at=None, appointment=appointment
    )
    row = rows.select_related("by").order_by("-at", "-pk").first()
    return _opened(row) if row else None


def health_checks_of(clinic: Clinic, visits: Collection[Visit]) -> dict[uuid.UUID, CheckDone]:
    """Return the newest check of each of the visits that has one, by the visit's id. One query."""
    by_key: dict[Any, uuid.UUID] = {visit.pk: visit.pk for visit in visits}
    by_key |= {visit.appointment_id: visit.pk for visit in visits if visit.appointment_id}
    rows = HealthCheck.objects.filter(clinic=clinic, ended_at=None).select_related("by")
    rows = rows.filter(Q(visit__in=list(by_key)) | Q(visit=None, appointment__in=list(by_key)))
    found = {by_key[row.visit_id or row.appointment_id]: row for row in rows.order_by("at", "pk")}
    return {visit_id: _opened(row) for visit_id, row in found.items()}


def health_check(clinic: Clinic, check_id: Any) -> HealthCheck:
    """Return a check of the clinic. Raises NotFound."""
    key = as_uuid(check_id)
    rows = HealthCheck.objects.filter(clinic=clinic, pk=key).select_related("patient", "visit")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found

"""Reading who keeps appointments, and what a clinic asks before one stands."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.patients.hooks import Badge
from incisor.patients.models import Patient
from incisor.patients.queries import restrictions_of
from incisor.scheduling.enums import AppointmentStatus, Demand
from incisor.scheduling.models import Appointment, ConfirmationRules
from incisor.scheduling.queries.lists import day_of
from incisor.scheduling.rules import COUNTED, KeepingRecord, demand_for

COUNTED_VALUES = sorted(COUNTED)
MOST_COUNTED = 100


def confirmation_rules(clinic: Clinic) -> ConfirmationRules:
    """Return what the clinic asks before an appointment stands; the defaults when nobody has changed them."""
    found = _confirmation_rules(clinic.pk)
    return found[0] if found else ConfirmationRules(clinic=clinic)


@prepared
def _confirmation_rules(clinic_id: uuid.UUID) -> QuerySet[ConfirmationRules]:
    return ConfirmationRules.objects.filter(clinic_id=clinic_id)


def keeping_records(
    clinic: Clinic, patient_ids: Collection[uuid.UUID], at: datetime, *, last: int
) -> dict[uuid.UUID, KeepingRecord]:
    """Return how many of each patient's latest appointments before that moment were kept and missed; one query.

    last: how many appointments are looked at; cancelled ones and those still open are none of them.
    """
    latest = (
        Appointment.objects.filter(
            clinic=clinic, patient_id__in=list(patient_ids), starts_at__lt=at, status__in=COUNTED_VALUES
        )
        .annotate(
            number=Window(RowNumber(), partition_by=[F("patient_id")], order_by=[F("starts_at").desc(), F("pk").desc()])
        )
        .filter(number__lte=last)
    )
    counts: dict[uuid.UUID, Counter[bool]] = defaultdict(Counter)
    for patient_id, status in latest.values_list("patient_id", "status"):
        counts[patient_id][status == AppointmentStatus.NO_SHOW] += 1
    return {patient_id: KeepingRecord(kept=found[False], missed=found[True]) for patient_id, found in counts.items()}


def demand_of(clinic: Clinic, patient: Patient, at: datetime) -> Demand:
    """Return what is asked of the patient before an appointment stands: by the file, or for visits missed."""
    rules = confirmation_rules(clinic)
    restrictions = restrictions_of(clinic, [patient.pk], day=day_of(clinic, at)).get(patient.pk, [])
    record = KeepingRecord()
    if rules.missed_limit and rules.demand:
        latest = _latest(clinic.pk, patient.pk, at)[: rules.counted_visits]
        missed = sum(status == AppointmentStatus.NO_SHOW for status in latest)
        record = KeepingRecord(kept=len(latest) - missed, missed=missed)
    return demand_for(
        record=record,
        restrictions=[one.kind for one in restrictions],
        missed_limit=rules.missed_limit,
        demand=rules.demand,
    )


@prepared
def _latest(clinic_id: uuid.UUID, patient_id: uuid.UUID, at: datetime) -> QuerySet[Any, Any]:
    """How the patient's last appointments went, the latest first: the same as `keeping_records`, for each booking."""
    found = Appointment.objects.filter(
        clinic_id=clinic_id, patient_id=patient_id, starts_at__lt=at, status__in=COUNTED_VALUES
    )
    return found.order_by("-starts_at", "-pk").values_list("status", flat=True)[:MOST_COUNTED]


def keeping_badges(clinic: Clinic, patients: Collection[Any], at: datetime) -> Mapping[uuid.UUID, list[Badge]]:
    """Return a word about who has missed appointments lately, beside the name; one query for all of them."""
    rules = confirmation_rules(clinic)
    found = keeping_records(clinic, [patient.pk for patient in patients], at, last=rules.counted_visits)
    badges = {}
    for patient_id, record in found.items():
        if record.missed:
            level = "warning" if rules.missed_limit and record.missed >= rules.missed_limit else "info"
            text = _("Came to %(kept)d of the last %(all)d appointments") % {"kept": record.kept, "all": record.all}
            badges[patient_id] = [Badge(level, text, reverse("scheduling:patient-appointments", args=[patient_id]))]
    return badges

"""What scheduling answers when other apps ask: who is expected now, which bookings a change of hours would hit."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incisor.clinics.hooks import Hit
from incisor.clinics.models import Chair, Clinic
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries.surroundings import REACH

WITHIN_THE_HOUR, TODAY = 80, 60
MOST_HITS = 10_000


@prepared
def _expected(clinic_id: uuid.UUID, begin: datetime, end: datetime) -> QuerySet[Any, Any]:
    found = Appointment.objects.filter(
        clinic_id=clinic_id, starts_at__gte=begin, starts_at__lt=end, status__in=sorted(EXPECTED)
    )
    return found.order_by("-starts_at").values_list("patient_id", "starts_at", "dentist__name")[:300]


@prepared
def _expected_of(
    clinic_id: uuid.UUID, begin: datetime, end: datetime, patients: tuple[uuid.UUID, ...]
) -> QuerySet[Any, Any]:
    found = Appointment.objects.filter(
        clinic_id=clinic_id, starts_at__gte=begin, starts_at__lt=end, status__in=sorted(EXPECTED)
    )
    return (
        found.filter(patient_id__in=patients)
        .order_by("-starts_at")
        .values_list("patient_id", "starts_at", "dentist__name")[:300]
    )


def expected_scores(
    clinic: Clinic, patient_ids: Collection[uuid.UUID] | None, at: datetime
) -> dict[uuid.UUID, tuple[int, str]]:
    """Return who is expected today, with the time and dentist: within the hour 80, later today 60."""
    starts_at, ends_at = day_bounds(local(at, clinic.zone).date(), clinic.zone)
    bounds = clinic.pk, max(starts_at, at - timedelta(hours=1)), ends_at
    rows = _expected(*bounds) if patient_ids is None else _expected_of(*bounds, tuple(patient_ids))
    soon = at + timedelta(hours=1)
    return {
        patient_id: (
            WITHIN_THE_HOUR if starts <= soon else TODAY,
            _("today %(time)s, %(dentist)s")
            % {"time": date_format(local(starts, clinic.zone), "TIME_FORMAT"), "dentist": dentist},
        )
        for patient_id, starts, dentist in rows
    }


def hits_of_change(
    *,
    clinic: Clinic,
    start: datetime,
    end: datetime | None = None,
    chair: Chair | None = None,
    staff: Any = None,
) -> list[Hit]:
    """Return the expected appointments that touch a time, for whoever is about to change hours, chairs or people."""
    found = Appointment.objects.filter(
        clinic=clinic, starts_at__gt=start - REACH, ends_at__gt=start, status__in=sorted(EXPECTED)
    )
    if end is not None:
        found = found.filter(starts_at__lt=end)
    if chair is not None:
        found = found.filter(chair=chair)
    if staff is not None:
        found = found.filter(dentist=staff)
    rows = found.order_by("starts_at", "pk").values_list(
        "pk", "starts_at", "ends_at", "chair_id", "dentist_id", "patient__name", "dentist__name", "chair__name"
    )
    return [
        Hit(
            label=" · ".join(names),
            url=reverse("scheduling:appointment-move", args=[pk]),
            starts_at=starts_at,
            ends_at=ends_at,
            chair_id=chair_id,
            staff_id=dentist_id,
        )
        for pk, starts_at, ends_at, chair_id, dentist_id, *names in rows[:MOST_HITS]
    ]

"""Daily limits: which of them concern a booking, and on which days they are reached."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.spans import minute_of
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, AppointmentItem, DailyLimit
from incisor.scheduling.rules import Counted, Limit, Need, Taken, concerns, full_days

NOBODY = uuid.UUID(int=0)


def limits_for(clinic: Clinic, need: Need) -> list[Limit]:
    """Return the clinic's daily limits for which such a booking counts."""
    rows = [
        Limit(key=key, name=name, most=most, kinds=frozenset(kinds), dentist=dentist, is_each=is_each)
        for key, name, most, kinds, dentist, is_each in (_limits(clinic.pk) if need.kinds else ())
    ]
    return [row for row in rows if concerns(row, need)]


@prepared
def _limits(clinic_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = DailyLimit.objects.filter(clinic_id=clinic_id, is_active=True).order_by("pk")
    return found.values_list("pk", "name", "most", "kinds", "dentist_id", "is_each_dentist")


def full_days_of(
    clinic: Clinic,
    limits: Sequence[Limit],
    dentists: Sequence[Any],
    first: date,
    last: date,
    besides: Appointment | None,
) -> Mapping[Any, tuple[Taken, ...]]:
    """Return, by dentist (None: for everybody), the days on which no more of it may be booked, as spans with their limit.

    limits: those that concern what is to be booked.
    """
    if not limits:
        return {}
    booked = counted(clinic, first, last, besides)
    return {
        who: tuple(Taken(_whole_day(clinic, day), label=name) for day, name in days.items())
        for who, days in full_days(limits, booked, dentists).items()
    }


def counted(clinic: Clinic, first: date, last: date, besides: Appointment | None = None) -> list[Counted]:
    """Return what is booked on these days, as daily limits count it."""
    bounds = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    kinds: dict[Any, set[str]] = {}
    where: dict[Any, tuple[date, Any]] = {}
    for key, dentist, starts_at, code, specialty in _booked(clinic.pk, *bounds, besides.pk if besides else NOBODY):
        kinds.setdefault(key, set()).update((f"procedure:{code}", f"specialty:{specialty}"))
        where[key] = (local(starts_at, clinic.zone).date(), dentist)
    return [Counted(*where[key], frozenset(found)) for key, found in kinds.items()]


def _whole_day(clinic: Clinic, day: date) -> tuple[int, int]:
    start, end = day_bounds(day, clinic.zone)
    return minute_of(start), minute_of(end)


@prepared
def _booked(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime, besides: uuid.UUID) -> QuerySet[Any, Any]:
    found = AppointmentItem.objects.filter(
        appointment__clinic_id=clinic_id,
        appointment__starts_at__gte=starts_at,
        appointment__starts_at__lt=ends_at,
        appointment__status__in=OCCUPYING_VALUES,
    ).exclude(appointment_id=besides)
    return found.values_list(
        "appointment_id", F("appointment__dentist_id"), F("appointment__starts_at"), "procedure__code",
        "procedure__specialty",
    )  # fmt: skip

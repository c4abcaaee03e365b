"""Which dentists run late."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.reception.models import DelayTold, DentistDelay
from incisor.reception.queries.flow import flow_rules
from incisor.reception.rules.delays import Booked, shifted
from incisor.scheduling.enums import EXPECTED, AppointmentStatus
from incisor.scheduling.models import Appointment

TELL_AGAIN_FROM = 10  # minutes between what was told and what is true now
# Who takes up the dentist's time by plan, although the moment of the beginning has passed.
HERE = frozenset({AppointmentStatus.ARRIVED, AppointmentStatus.IN_TREATMENT})


def delays_of(clinic: Clinic, day: date) -> dict[uuid.UUID, int]:
    """Return by how many minutes each dentist runs late on a business date; who is in time is left out."""
    return {row.dentist_id: row.minutes for row in _open(clinic.pk, day)}


def open_delays(clinic: Clinic, day: date) -> list[DentistDelay]:
    """Return the delays of a business date with their dentists, the longest first."""
    rows = DentistDelay.objects.filter(clinic=clinic, business_date=day, cleared_at=None)
    return list(rows.select_related("clinic", "dentist", "by").order_by("-minutes", "pk"))


@prepared
def _open(clinic_id: uuid.UUID, day: date) -> QuerySet[DentistDelay]:
    return DentistDelay.objects.filter(clinic_id=clinic_id, business_date=day, cleared_at=None)


def delay(clinic: Clinic, delay_id: object) -> DentistDelay:
    """Return one delay of the clinic, open or not. Raises NotFound."""
    key = as_uuid(delay_id)
    rows = DentistDelay.objects.filter(clinic=clinic, pk=key).select_related("clinic", "dentist", "before")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Concerned:
    """Somebody whose time a delay moves. starts_at: when it will be instead. told: how, None while nobody did."""

    appointment: Appointment
    minutes: int
    starts_at: datetime
    told: DelayTold | None = None


def concerned_by(delay: DentistDelay, at: datetime) -> list[Concerned]:
    """Return who is expected later today at the dentist and will be seen late by as much as the clinic's rule says."""
    clinic = delay.clinic
    rule = flow_rules(clinic)
    rows = _still_to_come(delay, at)
    ends = [row.ends_at for row in _of_the_day(delay) if row.starts_at <= at and row.status in HERE]
    booked = [Booked(key=row.pk, starts_at=row.starts_at, ends_at=row.ends_at) for row in rows]
    late = {one.key: one for one in shifted(delay.minutes, booked, free_at=max([*ends, at]))}
    told = _told(rows)
    return [
        Concerned(row, late[row.pk].minutes, late[row.pk].starts_at, _holds(told.get(row.pk), late[row.pk].minutes))
        for row in rows
        if row.pk in late and late[row.pk].minutes >= rule.tell_delay_minutes
    ]


def _told(rows: list[Appointment]) -> dict[uuid.UUID, DelayTold]:
    """Return what each was told last of any delay of the day."""
    found = DelayTold.objects.filter(appointment__in=[row.pk for row in rows]).order_by("at", "pk")
    return {row.appointment_id: row for row in found}


def _holds(told: DelayTold | None, minutes: int) -> DelayTold | None:
    """Return what was told if it is still about right: nobody is told twice for a few minutes more or less."""
    return told if told is not None and abs(told.minutes - minutes) < TELL_AGAIN_FROM else None


def _of_the_day(delay: DentistDelay) -> list[Appointment]:
    first, after = day_bounds(delay.business_date, delay.clinic.zone)
    rows = Appointment.objects.filter(
        clinic=delay.clinic, dentist=delay.dentist_id, starts_at__gte=first, starts_at__lt=after
    )
    return list(rows.only("starts_at", "ends_at", "status"))


def _still_to_come(delay: DentistDelay, at: datetime) -> list[Appointment]:
    _first, after = day_bounds(delay.business_date, delay.clinic.zone)
    rows = Appointment.objects.filter(
        clinic=delay.clinic,
        dentist=delay.dentist_id,
        starts_at__gt=at,
        starts_at__lt=after,
        status__in=sorted(EXPECTED),
    )
    return list(rows.select_related("patient", "dentist").order_by("starts_at", "pk"))

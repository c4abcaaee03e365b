"""Appointments page by page in a stable order, for programs and for lists to take along."""

import uuid
from datetime import datetime

from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries.lists import FREED_VALUES, listed, with_parts
from incisor.staff.models import StaffMember


def appointments_after(
    clinic: Clinic,
    place: tuple[datetime, uuid.UUID] | None,
    *,
    limit: int,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    dentist: StaffMember | None = None,
    patient: Patient | None = None,
    status: str = "",
    with_freed: bool = False,
) -> list[Appointment]:
    """Return the clinic's appointments with their parts by (starts_at, id), after the place of another one.

    starts_at, ends_at: those that begin in that time. with_freed: also those cancelled, missed or given another time.
    """
    found = Appointment.objects.filter(clinic=clinic)
    if starts_at is not None:
        found = found.filter(starts_at__gte=starts_at)
    if ends_at is not None:
        found = found.filter(starts_at__lt=ends_at)
    if dentist is not None:
        found = found.filter(dentist=dentist)
    if patient is not None:
        found = found.filter(patient=patient)
    if status:
        found = found.filter(status=status)
    elif not with_freed:
        found = found.exclude(status__in=FREED_VALUES)
    if place is not None:
        moment, key = place
        # the first condition lets both databases enter the index of times at the place
        found = found.filter(starts_at__gte=moment).filter(Q(starts_at__gt=moment) | Q(pk__gt=key))
    return listed(clinic, with_parts(found).order_by("starts_at", "pk")[:limit])

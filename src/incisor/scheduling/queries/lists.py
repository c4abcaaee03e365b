"""Lists of appointments: of a day, a week, a patient; the history of one."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from incisor.clinics.models import Chair, Clinic
from incisor.kernel.clock import business_date, day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient
from incisor.patients.queries import with_badge
from incisor.scheduling.enums import EXPECTED, FREED
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem, Block
from incisor.staff.models import StaffMember

FREED_VALUES = sorted(FREED)


def day_of(clinic: Clinic, at: datetime) -> date:
    """Return the clinic's business date of a moment."""
    return business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)


def with_parts(found: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Return them with patient and badge, dentist, chair and treatments. Few people and chairs serve many rows: read once each."""
    items = AppointmentItem.objects.prefetch_related("procedure").order_by("position", "pk")
    # opening sealed fields takes most of the time of a day's list, and no list shows these
    patients = with_badge(Patient.objects.defer("id_number", "insurance_number", "address", "email", "note"))
    return found.prefetch_related(
        Prefetch("patient", queryset=patients), "dentist", "chair", "assistant", Prefetch("items", queryset=items)
    )


def listed(clinic: Clinic, found: QuerySet[Appointment]) -> list[Appointment]:
    """Return the rows, each knowing its clinic."""
    rows = list(found)
    for row in rows:
        row.clinic = clinic  # known, so that nobody reads it once for each row
    return rows


def appointment(clinic: Clinic, appointment_id: Any) -> Appointment:
    """Return the clinic's appointment with its parts. Raises NotFound."""
    found = with_parts(Appointment.objects.filter(clinic=clinic, pk=as_uuid(appointment_id))).first()
    if found is None:
        raise NotFound()
    found.clinic = clinic
    return found


def appointments_between(
    clinic: Clinic,
    starts_at: datetime,
    ends_at: datetime,
    *,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    with_freed: bool = False,
) -> list[Appointment]:
    """Return the clinic's appointments that begin in the time, with patient and parts, by time.

    with_freed: also those cancelled, missed or given another time. A constant number of queries.
    """
    found = Appointment.objects.filter(clinic=clinic, starts_at__gte=starts_at, starts_at__lt=ends_at)
    if not with_freed:
        found = found.exclude(status__in=FREED_VALUES)
    if dentist is not None:
        found = found.filter(dentist=dentist)
    if chair is not None:
        found = found.filter(chair=chair)
    return listed(clinic, with_parts(found).order_by("starts_at", "pk"))


def appointments_of_day(clinic: Clinic, day: date, **narrower: Any) -> list[Appointment]:
    """Return the clinic's appointments of a local day; narrower: as in `appointments_between`."""
    return appointments_between(clinic, *day_bounds(day, clinic.zone), **narrower)


def week_of_dentist(clinic: Clinic, dentist: StaffMember, day: date) -> list[Appointment]:
    """Return the dentist's appointments in the clinic in the week, Monday to Sunday, of that day."""
    monday = day - timedelta(days=day.weekday())
    return appointments_between(clinic, *day_bounds(monday, clinic.zone, days=7), dentist=dentist)


def appointments_of(clinic: Clinic, patient: Patient, *, limit: int = 100) -> list[Appointment]:
    """Return the patient's appointments in the clinic, the newest first, freed ones too."""
    found = Appointment.objects.filter(clinic=clinic, patient=patient)
    return listed(clinic, with_parts(found).order_by("-starts_at", "-pk")[:limit])


def upcoming_of(clinic: Clinic, patient: Patient, at: datetime) -> list[Appointment]:
    """Return the patient's expected appointments in the clinic from that moment on, the next first."""
    found = Appointment.objects.filter(clinic=clinic, patient=patient, starts_at__gte=at, status__in=sorted(EXPECTED))
    return listed(clinic, with_parts(found).order_by("starts_at", "pk")[:20])


def changes_of(appointment: Appointment) -> list[AppointmentChange]:
    """Return the appointment's history with its authors, the newest first."""
    return _changes(appointment.pk)


@prepared
def _changes(appointment_id: uuid.UUID) -> QuerySet[AppointmentChange]:
    return AppointmentChange.objects.filter(appointment_id=appointment_id).select_related("by").order_by("-at", "-pk")


def change(clinic: Clinic, change_id: Any) -> AppointmentChange:
    """Return one change of an appointment of the clinic. Raises NotFound."""
    found = (
        AppointmentChange.objects.filter(appointment__clinic=clinic, pk=as_uuid(change_id))
        .select_related("appointment")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def block(clinic: Clinic, block_id: Any) -> Block:
    """Return a block of the clinic. Raises NotFound."""
    found = Block.objects.filter(clinic=clinic, pk=as_uuid(block_id)).select_related("dentist", "chair").first()
    if found is None:
        raise NotFound()
    return found


def swappable_with(clinic: Clinic, appointment: Appointment) -> list[Appointment]:
    """Return the expected appointments of the same day that this one could change places with, the likeliest first.

    First those of the same length, then by how near they begin.
    """
    found = [
        row
        for row in appointments_of_day(clinic, local(appointment.starts_at, clinic.zone).date())
        if row.pk != appointment.pk and row.status in EXPECTED
    ]
    length = appointment.ends_at - appointment.starts_at
    return sorted(
        found,
        key=lambda row: (row.ends_at - row.starts_at != length, abs(row.starts_at - appointment.starts_at), row.pk),
    )

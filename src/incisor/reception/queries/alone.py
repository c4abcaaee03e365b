"""Who may check in without the desk: found by name and last four digits, by the code of the confirmation, by a link."""

import hmac
from datetime import datetime

from django.db.models import QuerySet

from incisor.clinics.models import Clinic, Device
from incisor.kernel.clock import business_date, day_bounds
from incisor.messaging.models import Link
from incisor.messaging.rules import last_digits
from incisor.reception.models import KioskTry
from incisor.reception.rules.kiosk import same_name
from incisor.scheduling.enums import EXPECTED, AppointmentStatus
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import appointment_of_code
from incisor.visits.enums import PRESENT

STILL_HERE = PRESENT
COMING = EXPECTED | {AppointmentStatus.ARRIVED}


def kiosk_failures(device: Device, *, since: datetime) -> int:
    """Return how often somebody typed at this kiosk what fits nobody."""
    return KioskTry.objects.filter(device=device, at__gt=since).count()


def _today(clinic: Clinic, at: datetime) -> QuerySet[Appointment]:
    first, after = day_bounds(business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at), clinic.zone)
    rows = Appointment.objects.filter(
        clinic=clinic, starts_at__gte=first, starts_at__lt=after, status__in=sorted(COMING)
    )
    return rows.select_related("clinic", "patient", "dentist", "chair").order_by("starts_at", "pk")


def coming_by_name(clinic: Clinic, name: str, digits: str, at: datetime) -> Appointment | None:
    """Return today's appointment of whoever has this name and these last four digits, None unless it is one person.

    Of several appointments the one nearest to now. Restricted files are never found by a machine.
    """
    found = [
        row
        for row in _today(clinic, at)
        if same_name(name, row.patient.name, row.patient.pinyin)
        and hmac.compare_digest(last_digits(row.patient.phone).encode(), digits.encode())
        and row.patient.restricted_at is None
    ]
    if not digits or len({row.patient_id for row in found}) != 1:
        return None
    return min(found, key=lambda row: abs(row.starts_at - at))


def coming_by_code(clinic: Clinic, code: str) -> Appointment | None:
    """Return the clinic's appointment of a confirmation's code."""
    key = appointment_of_code(code)
    if key is None:
        return None
    rows = Appointment.objects.filter(clinic=clinic, pk=key).select_related("clinic", "patient", "dentist", "chair")
    return rows.first()


def appointment_of_link(link: Link) -> Appointment | None:
    """Return the appointment that a check-in link is about."""
    rows = Appointment.objects.filter(clinic=link.clinic, pk=link.subject_id)
    return rows.select_related("clinic", "patient", "dentist", "chair").first()

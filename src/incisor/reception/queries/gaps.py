"""Free times of today, for those who come without an appointment."""

from datetime import datetime, timedelta

from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date
from incisor.patients.models import Patient
from incisor.scheduling.queries import Slot, free_slots
from incisor.scheduling.rules import Need
from incisor.staff.queries import dentists

EMERGENCY_MINUTES = 30  # the length of "emergency relief" in clinics/data/procedures.json
SHOWN = 6


def gaps_today(clinic: Clinic, patient: Patient, at: datetime) -> list[Slot]:
    """Return the first free half hours of today, the first of each dentist, the earliest first."""
    people = dentists(clinic)
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    found = free_slots(
        clinic, dentists=people, need=Need(minutes=EMERGENCY_MINUTES), first=day, days=1, now=at, patient=patient
    )
    firsts: dict[object, Slot] = {}
    for slot in found:
        if slot.starts_at + timedelta(minutes=EMERGENCY_MINUTES) > at:
            firsts.setdefault(slot.dentist.pk, slot)
    return sorted(firsts.values(), key=lambda slot: slot.starts_at)[:SHOWN]

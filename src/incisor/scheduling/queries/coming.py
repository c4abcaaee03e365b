"""How many appointments of a patient lie ahead, for the tab of the patient's page."""

import uuid
from datetime import datetime

from incisor.clinics.models import Clinic
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment


def coming_count(clinic: Clinic, patient_id: uuid.UUID, at: datetime) -> int:
    """Return the number of appointments that are expected from now on."""
    return Appointment.objects.filter(
        clinic=clinic, patient_id=patient_id, starts_at__gte=at, status__in=EXPECTED
    ).count()

"""Which procedures patients are booked for: forms asks, because some need a signed consent first."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from incisor.clinics.models import Clinic
from incisor.scheduling.enums import OCCUPYING, AppointmentStatus
from incisor.scheduling.models import AppointmentItem

# From the evening before the visit on there is time for signing; who has been treated today may still be asked.
BACK, AHEAD = timedelta(hours=16), timedelta(days=30)
STANDING = OCCUPYING - {AppointmentStatus.COMPLETED}


def booked_procedures(
    clinic: Clinic, patient_ids: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return patient → procedures of the appointments that stand from now on for a month, in one query."""
    rows = AppointmentItem.objects.filter(
        appointment__clinic=clinic,
        appointment__patient__in=patient_ids,
        appointment__status__in=STANDING,
        appointment__starts_at__gte=at - BACK,
        appointment__starts_at__lt=at + AHEAD,
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for patient_id, procedure_id in rows.values_list("appointment__patient_id", "procedure_id"):
        found[patient_id].add(procedure_id)
    return dict(found)

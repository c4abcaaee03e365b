"""What the apps above say beside a patient's name."""

import uuid
from collections.abc import Collection
from datetime import datetime

from incisor.accounts.access import may
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.patients.hooks import Badge, patient_badges
from incisor.patients.models import Patient


def badges_of(clinic: Clinic, patients: Collection[Patient], *, by: User, at: datetime) -> dict[uuid.UUID, list[Badge]]:
    """Return the badges of each patient that the person may read, by id, in the order of the place. One query a source."""
    found: dict[uuid.UUID, list[Badge]] = {patient.pk: [] for patient in patients}
    if not found:
        return found
    for source in patient_badges:
        allowed = [one for one in (source.permission, source.or_permission) if one is not None]
        if allowed and not any(may(by, one, clinic.pk) for one in allowed):
            continue
        for patient_id, badges in source.find(clinic, patients, at).items():
            found[patient_id].extend(Badge(*badge) for badge in badges)
    return found

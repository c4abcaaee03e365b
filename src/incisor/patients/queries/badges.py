"""What the apps above say beside a patient's name."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from incisor.accounts.access import may
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel import clock
from incisor.patients.hooks import Badge, BadgeSource, patient_badges
from incisor.patients.models import Patient
from incisor.patients.queries.standing import memberships_of, restrictions_of


def _restricted(clinic: Clinic, patients: Collection[Any], at: datetime) -> dict[uuid.UUID, list[Badge]]:
    day = clock.local(at, clinic.zone).date()
    return {
        patient_id: [Badge("warning", one.get_kind_display()) for one in restrictions]
        for patient_id, restrictions in restrictions_of(clinic, patients, day=day).items()
    }


def _members(clinic: Clinic, patients: Collection[Any], at: datetime) -> dict[uuid.UUID, list[Badge]]:
    day = clock.local(at, clinic.zone).date()
    return {
        patient_id: [Badge(membership.level.colour, membership.level.name)]
        for patient_id, membership in memberships_of(clinic, patients, day=day).items()
    }


RESTRICTION_BADGES = BadgeSource(key="restrictions", label=_("Restrictions"), order=10, find=_restricted)
MEMBERSHIP_BADGES = BadgeSource(key="membership", label=_("Membership"), order=90, find=_members)


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

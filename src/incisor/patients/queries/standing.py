"""Reading what a clinic has agreed with its patients: membership, points, tags, restrictions."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, Sum

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Membership, MembershipLevel, Patient, PointEntry, Restriction, Tag

ENTRIES_SHOWN = 20
M = TypeVar("M", bound=Model)


def restrictions_of(clinic: Clinic, patients: Collection[Any], *, day: date) -> dict[uuid.UUID, list[Restriction]]:
    """Return the restrictions in force on that day of those patients who have any, by id. One query.

    patients: files or their ids."""
    found: dict[uuid.UUID, list[Restriction]] = {}
    for one in _restrictions(clinic.pk, tuple(_keys(patients)), day):
        found.setdefault(one.patient_id, []).append(one)
    return found


@prepared
def _restrictions(clinic_id: uuid.UUID, patients: tuple[uuid.UUID, ...], day: date) -> QuerySet[Restriction]:
    in_force = Restriction.objects.filter(
        Q(last_on=None) | Q(last_on__gte=day), clinic_id=clinic_id, patient_id__in=patients, ended_at=None
    )
    return in_force.select_related("set_by").order_by("kind", "pk")


def memberships_of(clinic: Clinic, patients: Collection[Any], *, day: date) -> dict[uuid.UUID, Membership]:
    """Return the membership of that day of those patients who have one, by id. One query."""
    in_force = Membership.objects.filter(
        Q(last_on=None) | Q(last_on__gte=day), clinic=clinic, patient_id__in=_keys(patients), ended_at=None
    )
    return {one.patient_id: one for one in in_force.select_related("level", "given_by")}


def points_of(clinic: Clinic, patients: Collection[Any]) -> dict[uuid.UUID, int]:
    """Return how many points each of the patients has; those without any entry are not in it. One query."""
    rows = PointEntry.objects.filter(clinic=clinic, patient_id__in=_keys(patients)).order_by()
    return dict(rows.values_list("patient_id").annotate(total=Sum("points")))


def point_entries(patient: Patient) -> list[PointEntry]:
    """Return the newest entries of the patient's points, with authors; an entry knows whether it was reversed."""
    entries = PointEntry.objects.filter(patient=patient).select_related("by", "reversal").order_by("-at", "-pk")
    return list(entries[:ENTRIES_SHOWN])


def point_entry(clinic: Clinic, patient_id: Any, entry_id: Any) -> PointEntry:
    """Return an entry of the clinic's patient. Raises NotFound."""
    return _found(PointEntry.objects.filter(clinic=clinic, patient_id=as_uuid(patient_id), pk=as_uuid(entry_id)))


def restriction(clinic: Clinic, patient_id: Any, restriction_id: Any) -> Restriction:
    """Return a restriction of the clinic's patient, in force or ended. Raises NotFound."""
    return _found(Restriction.objects.filter(clinic=clinic, patient_id=as_uuid(patient_id), pk=as_uuid(restriction_id)))


def past_standing(patient: Patient) -> list[Membership | Restriction]:
    """Return memberships and restrictions that are over, newest first, with authors."""
    past: list[Membership | Restriction] = []
    past += Membership.objects.filter(patient=patient).exclude(ended_at=None).select_related("level", "ended_by")
    past += Restriction.objects.filter(patient=patient).exclude(ended_at=None).select_related("ended_by")
    return sorted(past, key=lambda one: (one.ended_at, one.pk), reverse=True)[:ENTRIES_SHOWN]


def levels(clinic: Clinic, *, is_active: bool | None = None) -> list[MembershipLevel]:
    """Return the levels that the clinic offers, lowest first."""
    return _of_clinic(MembershipLevel.objects.filter(clinic=clinic), is_active)


def level(clinic: Clinic, level_id: Any) -> MembershipLevel:
    """Return a level of the clinic. Raises NotFound."""
    return _found(MembershipLevel.objects.filter(clinic=clinic, pk=as_uuid(level_id)))


def tags(clinic: Clinic, *, is_active: bool | None = None) -> list[Tag]:
    """Return the clinic's list of tags, in its order."""
    return _of_clinic(Tag.objects.filter(clinic=clinic), is_active)


def tag(clinic: Clinic, tag_id: Any) -> Tag:
    """Return a tag of the clinic. Raises NotFound."""
    return _found(Tag.objects.filter(clinic=clinic, pk=as_uuid(tag_id)))


def _of_clinic(rows: QuerySet[Any], is_active: bool | None) -> list[Any]:
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return list(rows.order_by("-is_active", "position", "name", "pk"))


def _found(rows: QuerySet[M]) -> M:
    row = rows.first()
    if row is None:
        raise NotFound()
    return row


def _keys(patients: Collection[Any]) -> list[uuid.UUID]:
    return [getattr(one, "pk", one) for one in patients]

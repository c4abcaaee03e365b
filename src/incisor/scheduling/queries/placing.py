"""Visits that have no time: the worklist of those to be booked again."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from incisor.clinics.models import Clinic
from incisor.kernel.clock import local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.hooks import Due
from incisor.patients.models import Patient
from incisor.patients.queries import shown_name, with_badge
from incisor.scheduling.enums import UnplacedState
from incisor.scheduling.models import Unplaced, UnplacedItem
from incisor.scheduling.queries.lists import day_of

MOST_TO_PLACE = 200


def _open(clinic: Clinic) -> QuerySet[Unplaced]:
    return Unplaced.objects.filter(clinic=clinic, state=UnplacedState.OPEN)


def _with_parts(found: QuerySet[Unplaced]) -> QuerySet[Unplaced]:
    items = UnplacedItem.objects.prefetch_related("procedure").order_by("position", "pk")
    patients = with_badge(Patient.objects.defer("id_number", "insurance_number", "address", "email", "note"))
    return found.select_related("appointment").prefetch_related(
        Prefetch("patient", queryset=patients), "dentist", Prefetch("items", queryset=items)
    )


def unplaced_of(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the ids of the patient's visits to be booked again: asked at each booking."""
    return _unplaced(clinic_id, patient_id)


@prepared
def _unplaced(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = Unplaced.objects.filter(patient_id=patient_id, state=UnplacedState.OPEN, clinic_id=clinic_id)
    return found.values_list("pk", flat=True)


def to_place(clinic: Clinic, *, limit: int = MOST_TO_PLACE, newest_first: bool = False) -> list[Unplaced]:
    """Return the visits to be booked again with patient, dentist and treatments: who waits longest first, or last."""
    order = ("-since_at", "-pk") if newest_first else ("since_at", "pk")
    rows = list(_with_parts(_open(clinic)).order_by(*order)[:limit])
    for row in rows:
        row.clinic = clinic  # known, so that nobody reads it once for each row
    return rows


def to_place_count(clinic: Clinic) -> int:
    """Return how many visits are to be booked again."""
    return _open(clinic).count()


def unplaced(clinic: Clinic, unplaced_id: Any) -> Unplaced:
    """Return a visit to be booked again, or one that was. Raises NotFound."""
    found = _with_parts(Unplaced.objects.filter(clinic=clinic, pk=as_uuid(unplaced_id))).first()
    if found is None:
        raise NotFound()
    found.clinic = clinic
    return found


def to_place_of(clinic: Clinic, patient: Patient) -> list[Unplaced]:
    """Return what of this patient is to be booked again, the oldest first."""
    return list(_with_parts(_open(clinic).filter(patient=patient)).order_by("since_at", "pk"))


def unplaced_procedures(rows: Iterable[Unplaced]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the procedures of each of these visits."""
    ids: dict[uuid.UUID, set[uuid.UUID]] = {row.pk: set() for row in rows}
    for unplaced_id, procedure_id in UnplacedItem.objects.filter(unplaced_id__in=ids).values_list(
        "unplaced_id", "procedure_id"
    ):
        ids[unplaced_id].add(procedure_id)
    return {key: frozenset(found) for key, found in ids.items()}


DUE_SHOWN = 3


def rebooking_due(clinic: Clinic, _user: Any, at: datetime) -> tuple[int, list[Due]]:
    """Return how many visits are to be booked again, and those that lost their time last: today's come first."""
    count = to_place_count(clinic)
    rows = to_place(clinic, limit=DUE_SHOWN, newest_first=True) if count else []
    day = day_of(clinic, at)
    return count, [
        Due(
            label=shown_name(row.patient),
            line=" · ".join(
                filter(None, (_since(clinic, row.since_at, day), str(row.why_words or row.get_origin_display())))
            ),
            url=reverse("scheduling:place-again", args=[row.pk]),
        )
        for row in rows
    ]


def _since(clinic: Clinic, since: datetime, day: date) -> str:
    wall = local(since, clinic.zone)
    return f"{wall:%H:%M}" if wall.date() == day else f"{wall:%m-%d}"

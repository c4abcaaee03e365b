"""What the calendar draws: plain rows, three statements however many appointments there are."""

import uuid
from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language

from incisor.clinics.models import Clinic
from incisor.kernel.db.functions import MinuteOf
from incisor.kernel.db.prepared import prepared
from incisor.patients.enums import AlertKind
from incisor.scheduling.enums import FREED
from incisor.scheduling.models import Appointment, AppointmentItem


class Card(NamedTuple):
    """An appointment as the calendar shows it; times in minutes since 1970."""

    pk: uuid.UUID
    dentist_id: uuid.UUID
    chair_id: uuid.UUID
    start: int
    end: int
    status: str
    version: int
    overbook_reason: str
    need: str
    patient_id: uuid.UUID
    patient: str
    dentist: str
    chair: str
    treatment: str
    is_allergic: bool


def cards_between(clinic: Clinic, starts_at: datetime, ends_at: datetime) -> list[Card]:
    """Return the clinic's appointments that begin in the time and were not freed, by time, in the reader's language."""
    is_chinese = (get_language() or "").startswith("zh")
    treatments: dict[Any, list[str]] = defaultdict(list)
    for appointment_id, short_zh, name_zh, name_en in _items(clinic.pk, starts_at, ends_at):
        treatments[appointment_id].append((short_zh or name_zh) if is_chinese else name_en)
    allergic = set(_allergic(clinic.pk, starts_at, ends_at))
    return [
        Card(*row, treatment=", ".join(treatments.get(row[0], ())) or row[8], is_allergic=row[9] in allergic)  # type: ignore[misc]
        for row in _cards(clinic.pk, starts_at, ends_at)
    ]


def _in_time(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(clinic_id=clinic_id, starts_at__gte=starts_at, starts_at__lt=ends_at)


@prepared
def _cards(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = _in_time(clinic_id, starts_at, ends_at).exclude(status__in=sorted(FREED)).order_by("starts_at", "pk")
    return found.values_list(
        "pk", "dentist_id", "chair_id", MinuteOf("starts_at"), MinuteOf("ends_at"), "status", "version",
        "overbook_reason", "need", "patient_id", "patient__name", "dentist__name", "chair__name",
    )  # fmt: skip


@prepared
def _items(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = AppointmentItem.objects.filter(
        appointment__clinic_id=clinic_id, appointment__starts_at__gte=starts_at, appointment__starts_at__lt=ends_at
    )
    return found.order_by("position", "pk").values_list(
        "appointment_id", "procedure__short_zh", "procedure__name_zh", "procedure__name_en"
    )


@prepared
def _allergic(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = _in_time(clinic_id, starts_at, ends_at)
    return found.filter(patient__alerts__kind=AlertKind.ALLERGY, patient__alerts__ended_at=None).values_list(
        "patient_id", flat=True
    )

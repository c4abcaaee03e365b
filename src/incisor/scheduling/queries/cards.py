"""What the calendar draws: plain rows, three statements however many appointments there are (four with those freed)."""

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
from incisor.patients.queries import name_or_cover
from incisor.scheduling.enums import FREED, AppointmentStatus
from incisor.scheduling.models import Appointment, AppointmentItem

SHOWN_FREED = sorted({AppointmentStatus.CANCELLED.value, AppointmentStatus.NO_SHOW.value})


class Card(NamedTuple):
    """An appointment as the calendar shows it; times in minutes since 1970.

    kind: the specialty of its first procedure, for the colour; empty when none was named. busy, answer: as in Appointment.
    """

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
    channel: str
    busy: list[list[int]]
    blocked_from: int
    blocked_until: int
    answer: str
    treatment: str
    kind: str
    procedures: tuple[uuid.UUID, ...]
    is_allergic: bool


def cards_between(clinic: Clinic, starts_at: datetime, ends_at: datetime, *, with_freed: bool = False) -> list[Card]:
    """Return the clinic's appointments that begin in the time, by time, in the reader's language.

    with_freed: also those cancelled and missed.
    """
    is_chinese = (get_language() or "").startswith("zh")
    words: dict[Any, list[str]] = defaultdict(list)
    kinds: dict[Any, str] = {}
    procedures: dict[Any, list[uuid.UUID]] = defaultdict(list)
    for appointment_id, procedure_id, kind, short_zh, name_zh, name_en in _items(clinic.pk, starts_at, ends_at):
        words[appointment_id].append((short_zh or name_zh) if is_chinese else name_en)
        kinds.setdefault(appointment_id, kind)
        procedures[appointment_id].append(procedure_id)
    allergic = set(_allergic(clinic.pk, starts_at, ends_at))
    rows = list(_cards(clinic.pk, starts_at, ends_at))
    if with_freed:
        rows = sorted([*rows, *_freed_cards(clinic.pk, starts_at, ends_at)], key=lambda row: (row[3], row[0]))
    return [
        Card(  # type: ignore[misc]
            *_shown(row),
            treatment=", ".join(words.get(row[0], ())) or row[8],
            kind=kinds.get(row[0], ""),
            procedures=tuple(procedures.get(row[0], ())),
            is_allergic=row[9] in allergic,
        )
        for row in rows
    ]


def _shown(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a card begins with: of a restricted file no name for whoever may not see it."""
    restricted_at = row[-1]
    return row[:-1] if restricted_at is None else (*row[:10], name_or_cover(row[10], restricted_at), *row[11:-1])


def _in_time(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(clinic_id=clinic_id, starts_at__gte=starts_at, starts_at__lt=ends_at)


_COLUMNS = (
    "pk", "dentist_id", "chair_id", MinuteOf("starts_at"), MinuteOf("ends_at"), "status", "version",
    "overbook_reason", "need", "patient_id", "patient__name", "dentist__name", "chair__name", "channel", "busy", MinuteOf("blocked_from"), MinuteOf("blocked_until"),
    "answer", "patient__restricted_at",
)  # fmt: skip


@prepared
def _cards(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = _in_time(clinic_id, starts_at, ends_at).exclude(status__in=sorted(FREED)).order_by("starts_at", "pk")
    return found.values_list(*_COLUMNS)


@prepared
def _freed_cards(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    return _in_time(clinic_id, starts_at, ends_at).filter(status__in=SHOWN_FREED).values_list(*_COLUMNS)


@prepared
def _items(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = AppointmentItem.objects.filter(
        appointment__clinic_id=clinic_id, appointment__starts_at__gte=starts_at, appointment__starts_at__lt=ends_at
    )
    return found.order_by("position", "pk").values_list(
        "appointment_id",
        "procedure_id",
        "procedure__specialty",
        "procedure__short_zh",
        "procedure__name_zh",
        "procedure__name_en",
    )


@prepared
def _allergic(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = _in_time(clinic_id, starts_at, ends_at)
    return found.filter(patient__alerts__kind=AlertKind.ALLERGY, patient__alerts__ended_at=None).values_list(
        "patient_id", flat=True
    )

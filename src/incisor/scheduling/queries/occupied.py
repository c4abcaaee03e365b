"""What is taken by appointments and holds, in one statement: each arm of it a range of one index."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from incisor.kernel.db.functions import Joined, MinuteOf, SpanOf
from incisor.kernel.db.prepared import prepared
from incisor.kernel.fields import spans_of_text
from incisor.kernel.spans import Span
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, Hold

NOBODY = uuid.UUID(int=0)  # nothing has this id
OF_DENTIST, OF_CHAIR, OF_PATIENT, OF_ASSISTANT = range(4)


class Held(NamedTuple):
    """A hold that has not ended. by: who holds it."""

    pk: uuid.UUID
    dentist: uuid.UUID
    chair: uuid.UUID
    assistant: uuid.UUID | None
    patient: uuid.UUID | None
    span: Span
    blocked: Span
    spans: tuple[Span, ...]
    expires_at: datetime
    by: str


class Occupied(NamedTuple):
    """What is taken: people with their spans, chairs with theirs, the times of the patients, and the holds."""

    of_staff: list[tuple[Any, Sequence[Span]]]
    of_chairs: list[tuple[Any, Sequence[Span]]]
    of_patients: list[Span]
    holds: list[Held]


EMPTY = Occupied([], [], [], [])
BLOCKED = SpanOf("blocked_from", "blocked_until")


def occupied(
    staff: Sequence[uuid.UUID],
    chairs: Sequence[uuid.UUID],
    patients: Sequence[uuid.UUID],
    begin: datetime,
    end: datetime,
    *,
    at: datetime,
    with_assistants: bool = False,
    besides: uuid.UUID | None = None,
    besides_hold: uuid.UUID | None = None,
) -> Occupied:
    """Return what starts in the time and takes these people, chairs and patients, in every clinic."""
    result = Occupied([], [], [], holds_between(begin, end, at=at, besides=besides_hold))
    mine: Any = [tuple(rows) or (NOBODY,) for rows in (staff, chairs, patients)]
    read = _taken_by_assistants if with_assistants else _taken
    people, places = set(staff), set(chairs)
    for arm, who, chair, of_who, of_chair in read(*mine, begin, end, besides or NOBODY):
        if arm == OF_PATIENT:
            result.of_patients.extend(spans_of_text(of_who))
            continue
        spans = spans_of_text(of_chair)
        if arm != OF_CHAIR and who in people:
            # the same text without its braces: the dentist is needed all the time, in every one of them
            is_same = of_who.replace("{", "").replace("}", "") == of_chair
            result.of_staff.append((who, spans if is_same else spans_of_text(of_who)))
        if arm != OF_ASSISTANT and chair in places:
            result.of_chairs.append((chair, spans))
    return result


def _arm(arm: int, found: QuerySet[Appointment], who: str = "dentist_id", text: Any = BLOCKED) -> QuerySet[Any, Any]:
    """One row for each person and chair: the spans of both, each as one text."""
    grouped = found.order_by().values_list(Value(arm), who, "chair_id")
    return grouped.annotate(of_who=Joined(text), of_chair=Joined(BLOCKED))


def _arms(
    staff: tuple[uuid.UUID, ...],
    chairs: tuple[uuid.UUID, ...],
    patients: tuple[uuid.UUID, ...],
    begin: datetime,
    end: datetime,
    besides: uuid.UUID,
) -> tuple[QuerySet[Any, Any], ...]:
    busy = Appointment.objects.filter(status__in=OCCUPYING_VALUES, starts_at__gte=begin, starts_at__lt=end)
    busy = busy.exclude(pk=besides)
    return (
        _arm(OF_DENTIST, busy.filter(dentist_id__in=staff), text=Cast("dentist_spans", TextField())),
        # leaves out what the first has told already
        _arm(OF_CHAIR, busy.filter(chair_id__in=chairs).exclude(dentist_id__in=staff)),
        _arm(OF_PATIENT, busy.filter(patient_id__in=patients), text=SpanOf("starts_at", "ends_at")),
        _arm(OF_ASSISTANT, busy.filter(assistant_id__in=staff), who="assistant_id"),
    )


@prepared(plan_once=True)
def _taken(*given: Any) -> QuerySet[Any, Any]:
    first, *others = _arms(*given)[:3]
    return first.union(*others, all=True)


@prepared(plan_once=True)
def _taken_by_assistants(*given: Any) -> QuerySet[Any, Any]:
    first, *others = _arms(*given)
    return first.union(*others, all=True)


def holds_between(begin: datetime, end: datetime, *, at: datetime, besides: uuid.UUID | None = None) -> list[Held]:
    """Return the holds of every clinic that start in the time and have not ended at that moment. They are few."""
    return [
        Held(pk, dentist, chair, assistant, patient, (start, finish), (first, last), spans_of_text(text), expires_at, by)
        for (
            pk, dentist, chair, assistant, patient, start, finish, first, last, text, expires_at, by,
        ) in _held(at, begin, end, besides or NOBODY)
    ]  # fmt: skip


@prepared
def _held(at: datetime, begin: datetime, end: datetime, besides: uuid.UUID) -> QuerySet[Any, Any]:
    found = Hold.objects.filter(ended_at=None, expires_at__gt=at, starts_at__gte=begin, starts_at__lt=end)
    return found.exclude(pk=besides).values_list(
        "pk", "dentist_id", "chair_id", "assistant_id", "patient_id", MinuteOf("starts_at"), MinuteOf("ends_at"),
        MinuteOf("blocked_from"), MinuteOf("blocked_until"), Cast("dentist_spans", TextField()), "expires_at",
        F("created_by__name"),
    )  # fmt: skip

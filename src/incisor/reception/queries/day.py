"""The rows that a day's board is made of: read by kept statements, whatever the day holds."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds
from incisor.kernel.db.prepared import prepared
from incisor.patients.models import Patient, PatientAlert
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import PRESENT, VisitStatus
from incisor.visits.models import Visit

# What the board shows of a patient. Sealed fields above all are not read: what is not read is not unsealed.
ANSWER = ("answer", "demand", "confirmed_count", "deposit_minor")
PATIENT = tuple(
    f"patient__{name}" for name in ("name", "pinyin", "sex", "born_on", "file_number", "clinic_id", "restricted_at")
)
SEALED = ("phone", "email", "id_number", "insurance_number", "address", "note")
OTHERS = (
    "phone_index",
    "id_index",
    "special_needs",
    "tags",
    "source_detail",
    "occupation",
    "contact_time",
    "external_id",
)
UNUSED = tuple(f"patient__{name}" for name in (*SEALED, *OTHERS))
STILL_HERE = (VisitStatus.IN_CHAIR, VisitStatus.TO_PAY)
OVER = (VisitStatus.DONE, VisitStatus.LEFT)
MOST_DONE = 10


def expected_on(clinic: Clinic, day: date) -> list[Appointment]:
    """Return who is booked for the day and has not come, by time."""
    first, after = day_bounds(day, clinic.zone)
    return _expected(clinic.pk, first, after)


@prepared
def _expected(clinic_id: uuid.UUID, first: datetime, after: datetime) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(
        clinic_id=clinic_id, starts_at__gte=first, starts_at__lt=after, status__in=sorted(EXPECTED)
    )
    rows = rows.select_related("patient").order_by("starts_at", "pk")
    return rows.only("status", "starts_at", "ends_at", "need", "dentist_id", *ANSWER, *PATIENT)


@dataclass(frozen=True)
class Stay:
    """What the figures need to know of a visit that is over: no name, no chair."""

    arrived_at: datetime
    left_at: datetime | None  # the waiting room: for the chair, or away


def visits_on(clinic: Clinic, day: date, *, done: int | None) -> tuple[list[Visit], list[Visit], list[Stay]]:
    """Return who is here, the latest who are done, and the stays of everybody who is done.

    Who is here: by number, those of earlier days among them that never ended, so that nobody is forgotten in a chair.
    done: how many of those who are done, None for all.
    """
    latest = _all_done(clinic.pk, day) if done is None else _latest_done(clinic.pk, day)[:done]
    stays = [Stay(arrived_at, seated_at or closed_at) for arrived_at, seated_at, closed_at in _stays(clinic.pk, day)]
    return _here(clinic.pk, day), latest, stays


def _shown(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    rows = rows.select_related("patient").annotate(
        booked_chair_id=F("appointment__chair_id"),
        booked_from=F("appointment__starts_at"),
        booked_until=F("appointment__ends_at"),
    )
    return rows.defer(*UNUSED)


@prepared
def _here(clinic_id: uuid.UUID, day: date) -> QuerySet[Visit]:
    open_before = Q(business_date__lt=day, status__in=STILL_HERE)
    rows = Visit.objects.filter(Q(business_date=day, status__in=sorted(PRESENT)) | open_before, clinic_id=clinic_id)
    return _shown(rows).order_by("business_date", "queue_number")


def _over(clinic_id: uuid.UUID, day: date) -> QuerySet[Visit]:
    return Visit.objects.filter(clinic_id=clinic_id, business_date=day, status__in=OVER)


@prepared
def _latest_done(clinic_id: uuid.UUID, day: date) -> QuerySet[Visit]:
    return _shown(_over(clinic_id, day)).order_by("-closed_at", "-pk")[:MOST_DONE]


@prepared
def _all_done(clinic_id: uuid.UUID, day: date) -> QuerySet[Visit]:
    return _shown(_over(clinic_id, day)).order_by("-closed_at", "-pk")


@prepared
def _stays(clinic_id: uuid.UUID, day: date) -> QuerySet[Any, Any]:
    return _over(clinic_id, day).values_list("arrived_at", "seated_at", "closed_at")


def people_of(clinic: Clinic, ids: Collection[Any]) -> tuple[list[StaffMember], dict[Any, StaffMember]]:
    """Return the dentists of the clinic, and everybody of the ids: also those who work here no more."""
    here = dentists(clinic)
    by_id: dict[Any, StaffMember] = {person.pk: person for person in here}
    gone = set(ids) - by_id.keys()
    if gone:
        by_id |= {person.pk: person for person in StaffMember.objects.filter(pk__in=gone)}
    return here, by_id


def load_alerts(patients: Sequence[Patient]) -> None:
    """Read the open alerts of everybody at once, into `open_alerts`."""
    found: dict[uuid.UUID, list[PatientAlert]] = {}
    for alert in _alerts(tuple({patient.pk for patient in patients})):
        found.setdefault(alert.patient_id, []).append(alert)
    for patient in patients:
        patient.open_alerts = found.get(patient.pk, [])


@prepared
def _alerts(patient_ids: tuple[uuid.UUID, ...]) -> QuerySet[PatientAlert]:
    rows = PatientAlert.objects.filter(patient_id__in=patient_ids, ended_at=None)
    return rows.order_by("recorded_at", "pk")


def booked_on(clinic: Clinic, day: date, others: Iterable[Any] = ()) -> tuple[dict[Any, str], dict[Any, str]]:
    """Return what each appointment of the day is for in short names, and the code of its first procedure.

    others: appointments of other days that are shown too.
    """
    first, after = day_bounds(day, clinic.zone)
    rows = _items(clinic.pk, first, after)
    more = tuple(others)
    if more:
        rows += _items_of(more)
    is_chinese = (get_language() or "").startswith("zh")
    found: dict[Any, list[str]] = {}
    kinds: dict[Any, str] = {}
    for appointment_id, code, short, chinese, english in rows:
        found.setdefault(appointment_id, []).append((short or chinese) if is_chinese else english)
        kinds.setdefault(appointment_id, code)
    return {key: "、".join(labels) for key, labels in found.items()}, kinds


NAMES = ("appointment_id", "procedure__code", "procedure__short_zh", "procedure__name_zh", "procedure__name_en")


@prepared
def _items(clinic_id: uuid.UUID, first: datetime, after: datetime) -> QuerySet[Any, Any]:
    rows = AppointmentItem.objects.filter(
        appointment__clinic_id=clinic_id, appointment__starts_at__gte=first, appointment__starts_at__lt=after
    )
    return rows.order_by("position", "pk").values_list(*NAMES)


@prepared
def _items_of(appointment_ids: tuple[uuid.UUID, ...]) -> QuerySet[Any, Any]:
    rows = AppointmentItem.objects.filter(appointment_id__in=appointment_ids)
    return rows.order_by("position", "pk").values_list(*NAMES)

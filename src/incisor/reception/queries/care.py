"""Warnings before an operation (REC-9): of somebody who is booked, who comes, who sits in the chair."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic, Procedure
from incisor.patients.enums import AlertKind
from incisor.patients.models import Patient, PatientAlert
from incisor.patients.queries import latest_readings
from incisor.patients.rules import health_items, health_label
from incisor.reception.models import CareAcknowledgement
from incisor.reception.queries.triage import signs_by_key
from incisor.reception.rules.care import ALERT, ASK, FRESH, Measured, Warned, is_operation, key_of, warnings_of
from incisor.reception.rules.triage import specialty_of
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit

ILL = frozenset({AlertKind.CONDITION, AlertKind.MEDICATION})
OPEN = frozenset({VisitStatus.WAITING, VisitStatus.CALLED, VisitStatus.IN_CHAIR})


@dataclass(frozen=True)
class CareLine:
    """One warning as it is shown. is_seen: a dentist has decided about it."""

    key: str
    level: str
    text: str
    is_seen: bool = False


@dataclass
class Care:
    """What must be told before somebody's operation, and what the dentist said to it."""

    lines: list[CareLine] = field(default_factory=list)
    words: list[CareAcknowledgement] = field(default_factory=list)

    @property
    def open(self) -> list[CareLine]:
        """What no dentist has decided about yet."""
        return [line for line in self.lines if not line.is_seen]

    @property
    def is_grave(self) -> bool:
        """Whether something of it is dangerous."""
        return any(line.level == ALERT for line in self.open)


def operations_among(procedures: Iterable[Procedure]) -> list[Procedure]:
    """Return those that are an extraction or an operation."""
    return [
        one
        for one in procedures
        if is_operation(
            code=one.code, follow_up_key=one.follow_up_key, specialty=one.specialty,
            is_high_risk=one.is_high_risk, chair_needs=one.chair_needs,
        )
    ]  # fmt: skip


def care_before_booking(clinic: Clinic, patient: Patient, procedures: Sequence[Procedure], at: datetime) -> Care:
    """Return the warnings for a patient who is about to be booked for these procedures; none for no operation."""
    if not operations_among(procedures):
        return Care()
    readings = latest_readings(clinic, [patient], since=at - FRESH)
    return Care(lines=_lines(_warned(patient, readings.get(patient.pk, []), at), frozenset()))


def told_before_booking(
    clinic: Clinic, patient: Patient, procedures: Sequence[Procedure], at: datetime
) -> list[tuple[str, str]]:
    """Return the warnings as the booking panel shows them."""
    lines = care_before_booking(clinic, patient, procedures, at).lines
    return [("info" if line.level == ASK else line.level, line.text) for line in lines]


def care_of_appointment(clinic: Clinic, appointment: Appointment, at: datetime) -> Care:
    """Return the warnings of an appointment that has not begun."""
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    care = care_before_booking(clinic, appointment.patient, [item.procedure for item in items], at)
    words = list(
        CareAcknowledgement.objects.filter(clinic=clinic, appointment=appointment).select_related("by").order_by("at")
    )
    return _with_words(care, words)


def care_of_visits(clinic: Clinic, visits: Collection[Visit], at: datetime) -> dict[uuid.UUID, Care]:
    """Return visit → warnings, of those who wait or sit and for whom there are any. Three queries at most.

    A walk-in whose signs point to oral surgery is warned of like somebody who is booked for it.
    """
    here = [visit for visit in visits if visit.status in OPEN]
    surgical = _surgical(clinic, here)
    if not surgical:
        return {}
    readings = latest_readings(clinic, {visit.patient_id for visit in surgical}, since=at - FRESH)
    words = _words(clinic, surgical)
    found: dict[uuid.UUID, Care] = {}
    for visit in surgical:
        warned = _warned(visit.patient, readings.get(visit.patient_id, []), at)
        if warned:
            care = Care(lines=_lines(warned, frozenset()))
            found[visit.pk] = _with_words(care, words.get(visit.pk, []) + words.get(visit.appointment_id, []))
    return found


def care_of_visit(clinic: Clinic, visit: Visit, at: datetime) -> Care:
    """Return the warnings of one visit."""
    return care_of_visits(clinic, [visit], at).get(visit.pk, Care())


def is_surgical(clinic: Clinic, visit: Visit) -> bool:
    """Tell whether a visit is for an extraction or an operation, or its signs point to oral surgery."""
    return bool(_surgical(clinic, [visit]))


def _surgical(clinic: Clinic, visits: list[Visit]) -> list[Visit]:
    booked = [visit.appointment_id for visit in visits if visit.appointment_id]
    operated: set[Any] = set()
    if booked:
        items = AppointmentItem.objects.filter(appointment__in=booked).select_related("procedure")
        operated = {item.appointment_id for item in items if operations_among([item.procedure])}
    known = signs_by_key(clinic) if any(visit.signs for visit in visits) else {}
    return [
        visit
        for visit in visits
        if visit.appointment_id in operated or specialty_of(visit.signs, known) == Specialty.ORAL_SURGERY
    ]


def _words(clinic: Clinic, visits: list[Visit]) -> dict[Any, list[CareAcknowledgement]]:
    rows = CareAcknowledgement.objects.filter(clinic=clinic).select_related("by").order_by("at")
    mine = rows.filter(visit__in=visits) | rows.filter(
        appointment__in=[visit.appointment_id for visit in visits if visit.appointment_id]
    )
    found: dict[Any, list[CareAcknowledgement]] = {}
    for word in mine:
        found.setdefault(word.visit_id or word.appointment_id, []).append(word)
    return found


def _with_words(care: Care, words: list[CareAcknowledgement]) -> Care:
    seen = {key for word in words for key in word.warnings}
    care.lines = [CareLine(key=one.key, level=one.level, text=one.text, is_seen=one.key in seen) for one in care.lines]
    care.words = words
    return care


def _warned(patient: Patient, readings: Iterable[Any], at: datetime) -> list[Warned]:
    alerts: list[PatientAlert] = patient.current_alerts
    return warnings_of(
        codes={alert.code for alert in alerts if alert.kind in ILL and alert.code},
        is_pregnant=any(alert.kind == AlertKind.PREGNANCY for alert in alerts),
        cautions={key for key, item in health_items()["condition"].items() if item.is_serious},
        readings=[Measured(one.row.kind, one.row.value, one.row.second, one.row.measured_at) for one in readings],
        at=at,
    )


def _lines(warned: Iterable[Warned], seen: Collection[str]) -> list[CareLine]:
    return [CareLine(key_of(one), one.level, text_of(one), key_of(one) in seen) for one in warned]


def text_of(one: Warned) -> str:
    """Return the warning as the desk reads it: what is noted or measured, never a diagnosis."""
    if one.key == "pressure" and one.figure:
        return _("Blood pressure %(upper)s/%(lower)s mmHg, above 140/90") % {
            "upper": one.figure[0],
            "lower": one.figure[1],
        }
    if one.key == "glucose" and one.figure:
        return _("Glucose %(value)s mmol/L, above 8.8") % {"value": one.figure[0] / 10}
    if one.key == "measure_pressure":
        return _("High blood pressure is noted: measure it before the operation")
    if one.key == "measure_glucose":
        return _("Diabetes is noted: measure the glucose before the operation")
    language = get_language() or ""
    names = [health_label(kind="condition", code=code, language=language) or code for code in one.codes]
    return "、".join(names) if language.startswith("zh") else ", ".join(names)

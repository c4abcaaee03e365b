"""Reading what belongs to a person besides the file's fields: photo, medical background, family, others on the same phone."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.enums import ASKED_KINDS, AlertKind, Sex
from incisor.patients.models import (
    FamilyLink,
    HealthDenial,
    HealthReading,
    Patient,
    PatientAlert,
    PatientPhoto,
)
from incisor.patients.queries.files import with_badge
from incisor.patients.rules import reading_level, shown_reading

READINGS_SHOWN = 12
SAME_PHONE_SHOWN = 8


def photo_of(patient: Patient) -> PatientPhoto | None:
    """Return the photo that is shown, None when there is none."""
    return PatientPhoto.objects.filter(patient=patient, ended_at=None).first()


def photo(clinic: Clinic, patient_id: Any, photo_id: Any) -> PatientPhoto:
    """Return a photo of the clinic's patient, shown or earlier. Raises NotFound."""
    found = PatientPhoto.objects.filter(clinic=clinic, patient_id=as_uuid(patient_id), pk=as_uuid(photo_id))
    return _first(found.select_related("patient"))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Reading:
    """A reading as it is shown. level: rules.measures NORMAL, RAISED, SEVERE, LOW."""

    row: HealthReading
    shown: str
    level: str


def readings_of(patient: Patient, *, limit: int = READINGS_SHOWN) -> list[Reading]:
    """Return the newest readings, with who wrote them down."""
    rows = HealthReading.objects.filter(patient=patient, ended_at=None).select_related("recorded_by")
    return [_shown(row) for row in rows.order_by("-measured_at", "-pk")[:limit]]


def latest_readings(clinic: Clinic, patients: Collection[Any], *, since: datetime) -> dict[uuid.UUID, list[Reading]]:
    """Return of each patient the newest reading of each kind since then, by id: for warnings before treatment. One query."""
    keys = [getattr(one, "pk", one) for one in patients]
    rows = HealthReading.objects.filter(clinic=clinic, patient_id__in=keys, ended_at=None, measured_at__gte=since)
    newest: dict[tuple[uuid.UUID, str], HealthReading] = {}
    for row in rows.order_by("measured_at", "pk"):
        newest[row.patient_id, row.kind] = row
    found: dict[uuid.UUID, list[Reading]] = {}
    for (patient_id, _kind), row in sorted(newest.items(), key=lambda pair: pair[0][1]):
        found.setdefault(patient_id, []).append(_shown(row))
    return found


def _shown(row: HealthReading) -> Reading:
    return Reading(
        row=row,
        shown=shown_reading(kind=row.kind, value=row.value, second=row.second),
        level=reading_level(kind=row.kind, value=row.value, second=row.second, moment=row.moment),
    )


def reading(clinic: Clinic, patient_id: Any, reading_id: Any) -> HealthReading:
    """Return a reading of the clinic's patient. Raises NotFound."""
    return _first(HealthReading.objects.filter(clinic=clinic, patient_id=as_uuid(patient_id), pk=as_uuid(reading_id)))  # type: ignore[no-any-return]


def denial(clinic: Clinic, patient_id: Any, denial_id: Any) -> HealthDenial:
    """Return what a patient of the clinic was asked and denied. Raises NotFound."""
    return _first(HealthDenial.objects.filter(clinic=clinic, patient_id=as_uuid(patient_id), pk=as_uuid(denial_id)))  # type: ignore[no-any-return]


@dataclass
class Topic:
    """One kind of the medical background: what is noted, or that the patient knows of none, or neither: not asked yet."""

    kind: AlertKind
    alerts: list[PatientAlert] = field(default_factory=list)
    denial: HealthDenial | None = None

    @property
    def is_asked(self) -> bool:
        return bool(self.alerts) or self.denial is not None


def background_of(patient: Patient) -> list[Topic]:
    """Return the medical background by kind, in the order in which it is asked. Alerts come from the patient."""
    denials = HealthDenial.objects.filter(patient=patient, ended_at=None).select_related("recorded_by")
    denied = {one.kind: one for one in denials}
    return [
        Topic(
            kind=kind,
            alerts=[alert for alert in patient.current_alerts if alert.kind == kind],
            denial=denied.get(kind),
        )
        for kind in ASKED_KINDS
        if kind != AlertKind.PREGNANCY or patient.sex != Sex.MALE
    ]


def guardians_of(clinic: Clinic, patients: Collection[Any]) -> dict[uuid.UUID, list[FamilyLink]]:
    """Return the guardians of those patients who have any, by id, with their files: whom to call for a child. One query."""
    keys = [getattr(one, "pk", one) for one in patients]
    links = FamilyLink.objects.filter(patient_id__in=keys, patient__clinic=clinic, is_guardian=True)
    found: dict[uuid.UUID, list[FamilyLink]] = {}
    for link in links.select_related("relative").order_by("relation", "pk"):
        found.setdefault(link.patient_id, []).append(link)
    return found


def on_the_same_phone(patient: Patient) -> list[Patient]:
    """Return the other files that are reached by this patient's phone, with badges."""
    if not patient.phone_index:
        return []
    same = Patient.objects.filter(clinic_id=patient.clinic_id, phone_index=patient.phone_index, is_active=True)
    return list(with_badge(same.exclude(pk=patient.pk).order_by("name", "pk")[:SAME_PHONE_SHOWN]))


def _first(rows: Any) -> Any:
    row = rows.first()
    if row is None:
        raise NotFound()
    return row

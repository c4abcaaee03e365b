"""Facts about patients."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PatientRegistered(Event):
    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RegistrationUndone(Event):
    """A registration is about to be taken back: whoever tied something to the file by itself lets go of it."""

    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientChanged(Event):
    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    fields: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientAlertsChanged(Event):
    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientStandingChanged(Event):
    """Membership or restrictions changed."""

    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HealthReadingRecorded(Event):
    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    reading_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientsImported(Event):
    """A portion of an import was written; patient_ids are those registered by it."""

    clinic_id: uuid.UUID
    batch_id: uuid.UUID
    patient_ids: tuple[uuid.UUID, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientsMerged(Event):
    """The lesser file was merged into the kept one; its rows hang on the kept one now."""

    clinic_id: uuid.UUID
    kept_id: uuid.UUID
    lesser_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientMergeUndone(Event):
    """Two files stand apart again."""

    clinic_id: uuid.UUID
    kept_id: uuid.UUID
    lesser_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Event):
    """The patient agreed to a purpose, or withdrew. state: enums.ConsentState."""

    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    purpose: str
    state: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PatientErased(Event):
    """Who the person was is overwritten; upper apps overwrite what else tells it: pictures, papers, recordings."""

    clinic_id: uuid.UUID
    patient_ids: tuple[uuid.UUID, ...]
    at: datetime

"""Facts about appointments."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(Event):
    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentConfirmed(Event):
    """A requested appointment stands now."""

    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentRegained(Event):
    """An appointment that was cancelled, missed or cut out stands again at its old time."""

    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentAnswered(Event):
    """The patient said something about an appointment. answer: PatientAnswer; way: AnswerWay."""

    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    answer: str
    way: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentMoved(Event):
    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(Event):
    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentMissed(Event):
    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentUnplaced(Event):
    """An appointment was cut out of the calendar and waits for another time."""

    clinic_id: uuid.UUID
    appointment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentsImported(Event):
    """Coming appointments were taken over from a file; past ones are not told."""

    clinic_id: uuid.UUID
    appointment_ids: tuple[uuid.UUID, ...]
    at: datetime

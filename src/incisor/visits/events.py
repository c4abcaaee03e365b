"""Facts about visits."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class VisitBegun(Event):
    clinic_id: uuid.UUID
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TreatmentEnded(Event):
    """The dentist is done; what was done is in visits.TreatmentDone."""

    clinic_id: uuid.UUID
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    by_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NoteSigned(Event):
    clinic_id: uuid.UUID
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class VisitClosed(Event):
    """The visit is complete: paid or settled, the patient has left. Follow-up tasks are made on this."""

    clinic_id: uuid.UUID
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime

"""Facts about follow-up."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PatientUnwell(Event):
    """A patient is not well after treatment: the dentist is to be told."""

    clinic_id: uuid.UUID
    task_id: uuid.UUID
    call_id: uuid.UUID
    patient_id: uuid.UUID
    dentist_id: uuid.UUID | None
    at: datetime

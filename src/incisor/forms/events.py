"""Facts about forms."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class FormSigned(Event):
    """A patient, or a guardian, signed a form. procedure_id: for which procedure, None for a form without one."""

    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    filled_id: uuid.UUID
    design_id: uuid.UUID
    procedure_id: uuid.UUID | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A signed form holds no longer."""

    clinic_id: uuid.UUID
    patient_id: uuid.UUID
    filled_id: uuid.UUID
    design_id: uuid.UUID
    at: datetime

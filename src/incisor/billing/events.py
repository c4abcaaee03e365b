"""Facts about money."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentTaken(Event):
    clinic_id: uuid.UUID
    payment_id: uuid.UUID
    patient_id: uuid.UUID
    amount_minor: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(Event):
    clinic_id: uuid.UUID
    payment_id: uuid.UUID
    patient_id: uuid.UUID
    at: datetime

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


@dataclass(frozen=True, kw_only=True)
class BillSettled(Event):
    """The desk is done with the bill of a visit: paid in full, nothing to pay, or left open for a reason.

    owed_minor: what stays owed; above zero only with a reason. by_id: whoever did it; the visit is closed on this.
    """

    clinic_id: uuid.UUID
    bill_id: uuid.UUID
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    owed_minor: int
    reason: str
    by_id: uuid.UUID
    at: datetime

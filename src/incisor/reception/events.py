"""Facts about the day at the desk."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DelayToCall(Event):
    """Somebody booked later has to be called: the dentist runs late, and no message can say so.

    minutes: by how much the own time will be late. delay_id: reception.DentistDelay.
    """

    clinic_id: uuid.UUID
    delay_id: uuid.UUID
    appointment_id: uuid.UUID
    minutes: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Event):
    """A patient said how the visit was. score: 1 dissatisfied to 4 very satisfied."""

    clinic_id: uuid.UUID
    survey_id: uuid.UUID
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    score: int
    at: datetime

"""Appointments, what has no time yet, the waitlist, series of visits."""

from incisor.scheduling.models.appointments import (
    EXCLUSIONS,
    OCCUPYING_VALUES,
    Appointment,
    AppointmentChange,
    AppointmentItem,
    Block,
)
from incisor.scheduling.models.confirming import ConfirmationRules
from incisor.scheduling.models.placing import Unplaced, UnplacedItem
from incisor.scheduling.models.series import Series, SeriesStep, SeriesTemplate, SeriesVisit
from incisor.scheduling.models.waitlist import FreedSlot, SlotOffer, WaitlistItem, WaitlistRules, WaitlistWish

__all__ = [
    "EXCLUSIONS",
    "OCCUPYING_VALUES",
    "Appointment",
    "AppointmentChange",
    "AppointmentItem",
    "Block",
    "ConfirmationRules",
    "FreedSlot",
    "Series",
    "SeriesStep",
    "SeriesTemplate",
    "SeriesVisit",
    "SlotOffer",
    "Unplaced",
    "UnplacedItem",
    "WaitlistItem",
    "WaitlistRules",
    "WaitlistWish",
]

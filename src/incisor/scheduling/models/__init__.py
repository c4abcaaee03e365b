"""Appointments, what has no time yet, the waitlist, series of visits."""

from incisor.scheduling.models.appointments import (
    EXCLUSIONS,
    OCCUPYING_VALUES,
    Appointment,
    AppointmentChange,
    AppointmentItem,
)
from incisor.scheduling.models.blocking import Block, BlockRule, BookingRules, DailyLimit
from incisor.scheduling.models.confirming import ConfirmationRules
from incisor.scheduling.models.holding import Hold
from incisor.scheduling.models.looks import CalendarLook
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
    "BlockRule",
    "BookingRules",
    "CalendarLook",
    "ConfirmationRules",
    "DailyLimit",
    "FreedSlot",
    "Hold",
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

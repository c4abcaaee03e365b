"""Reading the calendar: lists of a day or week, free times and proposals, one patient's appointments."""

from incisor.scheduling.queries.lists import (
    appointment,
    appointments_between,
    appointments_of,
    appointments_of_day,
    block,
    blocks_between,
    change,
    changes_of,
    day_of,
    upcoming_of,
    week_of_dentist,
)
from incisor.scheduling.queries.proposing import (
    Habit,
    Slot,
    alternatives,
    free_slots,
    habit_of,
    own_dentist_of,
    proposals,
)
from incisor.scheduling.queries.surroundings import REACH, surroundings

__all__ = [
    "REACH",
    "Habit",
    "Slot",
    "alternatives",
    "appointment",
    "appointments_between",
    "appointments_of",
    "appointments_of_day",
    "block",
    "blocks_between",
    "change",
    "changes_of",
    "day_of",
    "free_slots",
    "habit_of",
    "own_dentist_of",
    "proposals",
    "surroundings",
    "upcoming_of",
    "week_of_dentist",
]

"""Reading the calendar: lists of a day or week, free times and proposals, one patient's appointments."""

from incisor.scheduling.queries.agenda import Agenda, agenda
from incisor.scheduling.queries.answers import expected_scores, hits_of_change
from incisor.scheduling.queries.blocking import Blocked, blocks_between
from incisor.scheduling.queries.cards import Card, cards_between
from incisor.scheduling.queries.confirming import confirmation_rules, demand_of, keeping_badges, keeping_records
from incisor.scheduling.queries.finding import free_times
from incisor.scheduling.queries.lists import (
    appointment,
    appointments_between,
    appointments_of,
    appointments_of_day,
    block,
    change,
    changes_of,
    day_of,
    swappable_with,
    upcoming_of,
    week_of_dentist,
)
from incisor.scheduling.queries.loads import ClinicLoad, DayLoad, clinic_load, month_loads, several_clinics
from incisor.scheduling.queries.looks import look_of
from incisor.scheduling.queries.pages import appointments_after
from incisor.scheduling.queries.placing import to_place, to_place_count, to_place_of, unplaced
from incisor.scheduling.queries.presets import preset_procedures
from incisor.scheduling.queries.proposing import (
    Habit,
    Slot,
    alternatives,
    check_time,
    free_slots,
    habit_of,
    own_dentist_of,
    proposals,
)
from incisor.scheduling.queries.settings import (
    block_rule,
    block_rules,
    booking_rules,
    daily_limit,
    daily_limits,
    hold,
    open_holds,
)
from incisor.scheduling.queries.sheets import Line, Sheet, day_sheets, shading, shown_hours
from incisor.scheduling.queries.surroundings import REACH, surroundings
from incisor.scheduling.queries.together import MOST_PEOPLE, Relative, Together, proposals_together, relatives_of

__all__ = [
    "MOST_PEOPLE",
    "REACH",
    "Agenda",
    "Blocked",
    "Card",
    "ClinicLoad",
    "DayLoad",
    "Habit",
    "Line",
    "Relative",
    "Sheet",
    "Slot",
    "Together",
    "agenda",
    "alternatives",
    "appointment",
    "appointments_after",
    "appointments_between",
    "appointments_of",
    "appointments_of_day",
    "block",
    "block_rule",
    "block_rules",
    "blocks_between",
    "booking_rules",
    "cards_between",
    "change",
    "changes_of",
    "check_time",
    "clinic_load",
    "confirmation_rules",
    "daily_limit",
    "daily_limits",
    "day_of",
    "day_sheets",
    "demand_of",
    "expected_scores",
    "free_slots",
    "free_times",
    "habit_of",
    "hits_of_change",
    "hold",
    "keeping_badges",
    "keeping_records",
    "look_of",
    "month_loads",
    "open_holds",
    "own_dentist_of",
    "preset_procedures",
    "proposals",
    "proposals_together",
    "relatives_of",
    "several_clinics",
    "shading",
    "shown_hours",
    "surroundings",
    "swappable_with",
    "to_place",
    "to_place_count",
    "to_place_of",
    "unplaced",
    "upcoming_of",
    "week_of_dentist",
]

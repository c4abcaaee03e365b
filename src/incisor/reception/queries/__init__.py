"""What is going on in the clinic now."""

from incisor.reception.queries.board import Board, Row, board, day_of, my_day
from incisor.reception.queries.chairs import ChairNow, chair_options, dentist_at, patient_in, proposed_chair
from incisor.reception.queries.delays import delay, delays_of, open_delays
from incisor.reception.queries.flow import flow_rules
from incisor.reception.queries.gaps import gaps_today
from incisor.reception.queries.money import Owed, left_to_pay, owed_of
from incisor.reception.queries.people import last_step, on_the_board, staff_of, todays_appointments, unsigned_notes
from incisor.reception.queries.queue import busy_dentists, waiting_entry, waiting_now
from incisor.reception.queries.triage import first_choices, signs, signs_by_key, signs_by_level
from incisor.reception.queries.waits import (
    expected_wait,
    flow_of,
    kinds_of,
    measured_ratios,
    on_duty,
    outlook,
    typical_lengths,
)

__all__ = [
    "Board",
    "ChairNow",
    "Owed",
    "Row",
    "board",
    "busy_dentists",
    "chair_options",
    "day_of",
    "delay",
    "delays_of",
    "dentist_at",
    "expected_wait",
    "first_choices",
    "flow_of",
    "flow_rules",
    "gaps_today",
    "kinds_of",
    "last_step",
    "left_to_pay",
    "measured_ratios",
    "my_day",
    "on_duty",
    "on_the_board",
    "open_delays",
    "outlook",
    "owed_of",
    "patient_in",
    "proposed_chair",
    "signs",
    "signs_by_key",
    "signs_by_level",
    "staff_of",
    "todays_appointments",
    "typical_lengths",
    "unsigned_notes",
    "waiting_entry",
    "waiting_now",
]

"""What is going on in the clinic now."""

from incisor.reception.queries.board import Board, Row, board, day_of, my_day
from incisor.reception.queries.chairs import (
    ChairNow,
    booked_on_broken,
    chair_options,
    dentist_at,
    patient_in,
    proposed_chair,
)
from incisor.reception.queries.delays import Concerned, concerned_by, delay, delays_of, open_delays
from incisor.reception.queries.flow import flow_rules
from incisor.reception.queries.gaps import gaps_today
from incisor.reception.queries.helping import help_call, help_calls
from incisor.reception.queries.leaving import Leaving, leaving_of, leavings_of, left_open_row, reasons_for
from incisor.reception.queries.money import Owed, left_to_pay, owed_of
from incisor.reception.queries.people import last_step, on_the_board, staff_of, todays_appointments, unsigned_notes
from incisor.reception.queries.queue import busy_dentists, waiting_entry, waiting_now
from incisor.reception.queries.screen import (
    ScreenNow,
    notice,
    notices,
    rooms_of_screens,
    screen_now,
    screens_of,
    watch,
)
from incisor.reception.queries.sheets import (
    Sheet,
    Words,
    all_words,
    can_send,
    language_of,
    sheets_of_visit,
    sheets_of_visits,
    shipped_words,
    words_of,
)
from incisor.reception.queries.surveys import answers_between, may_be_asked, survey_by_id, survey_of
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
    "Concerned",
    "Leaving",
    "Owed",
    "Row",
    "ScreenNow",
    "Sheet",
    "Words",
    "all_words",
    "answers_between",
    "board",
    "booked_on_broken",
    "busy_dentists",
    "can_send",
    "chair_options",
    "concerned_by",
    "day_of",
    "delay",
    "delays_of",
    "dentist_at",
    "expected_wait",
    "first_choices",
    "flow_of",
    "flow_rules",
    "gaps_today",
    "help_call",
    "help_calls",
    "kinds_of",
    "language_of",
    "last_step",
    "leaving_of",
    "leavings_of",
    "left_open_row",
    "left_to_pay",
    "may_be_asked",
    "measured_ratios",
    "my_day",
    "notice",
    "notices",
    "on_duty",
    "on_the_board",
    "open_delays",
    "outlook",
    "owed_of",
    "patient_in",
    "proposed_chair",
    "reasons_for",
    "rooms_of_screens",
    "screen_now",
    "screens_of",
    "sheets_of_visit",
    "sheets_of_visits",
    "shipped_words",
    "signs",
    "signs_by_key",
    "signs_by_level",
    "staff_of",
    "survey_by_id",
    "survey_of",
    "todays_appointments",
    "typical_lengths",
    "unsigned_notes",
    "waiting_entry",
    "waiting_now",
    "watch",
    "words_of",
]

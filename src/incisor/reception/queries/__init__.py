"""What is going on in the clinic now."""

from incisor.reception.queries.board import Board, Row, board, day_of, my_day
from incisor.reception.queries.chairs import ChairNow, chair_options, dentist_at, patient_in, proposed_chair
from incisor.reception.queries.money import Owed, left_to_pay, owed_of
from incisor.reception.queries.people import on_the_board, staff_of
from incisor.reception.queries.queue import busy_dentists, waiting_entry, waiting_now
from incisor.reception.queries.triage import signs, signs_by_key

__all__ = [
    "Board",
    "ChairNow",
    "Owed",
    "Row",
    "board",
    "busy_dentists",
    "chair_options",
    "day_of",
    "dentist_at",
    "left_to_pay",
    "my_day",
    "on_the_board",
    "owed_of",
    "patient_in",
    "proposed_chair",
    "signs",
    "signs_by_key",
    "staff_of",
    "waiting_entry",
    "waiting_now",
]

"""Today at the desk and at the chair: every step of a patient, and its undoing."""

from incisor.reception.services.arrivals import check_in, receive_walk_in, record_no_show, undo_no_show
from incisor.reception.services.chairside import (
    ChairNotFree,
    NoChairFree,
    end_treatment,
    seat_patient,
    set_chair_state,
)
from incisor.reception.services.leaving import ReasonNeeded, close_visit, patient_left
from incisor.reception.services.queue import NobodyWaits, call_back, call_next, call_patient, reorder, triage
from incisor.reception.services.undoing import undo_step

__all__ = [
    "ChairNotFree",
    "NoChairFree",
    "NobodyWaits",
    "ReasonNeeded",
    "call_back",
    "call_next",
    "call_patient",
    "check_in",
    "close_visit",
    "end_treatment",
    "patient_left",
    "receive_walk_in",
    "record_no_show",
    "reorder",
    "seat_patient",
    "set_chair_state",
    "triage",
    "undo_no_show",
    "undo_step",
]

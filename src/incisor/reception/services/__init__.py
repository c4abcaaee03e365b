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
from incisor.reception.services.queue import (
    NobodyWaits,
    NotCalled,
    NotParked,
    SameDentist,
    call_again,
    call_back,
    call_next,
    call_patient,
    park,
    redirect_patient,
    reorder,
    return_to_queue,
    triage,
)
from incisor.reception.services.undoing import undo_step
from incisor.reception.services.waits import (
    NotSaid,
    NotWaiting,
    learn_lengths,
    promise_wait,
    tell_waiting,
    untell_waiting,
)

__all__ = [
    "ChairNotFree",
    "NoChairFree",
    "NobodyWaits",
    "NotCalled",
    "NotParked",
    "NotSaid",
    "NotWaiting",
    "ReasonNeeded",
    "SameDentist",
    "call_again",
    "call_back",
    "call_next",
    "call_patient",
    "check_in",
    "close_visit",
    "end_treatment",
    "learn_lengths",
    "park",
    "patient_left",
    "promise_wait",
    "receive_walk_in",
    "record_no_show",
    "redirect_patient",
    "reorder",
    "return_to_queue",
    "seat_patient",
    "set_chair_state",
    "tell_waiting",
    "triage",
    "undo_no_show",
    "undo_step",
    "untell_waiting",
]

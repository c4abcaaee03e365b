"""Everything that changes a visit, its note, its teeth and the procedures done."""

from incisor.visits.services.arrival import (
    AlreadyHere,
    begin_visit,
    correct_visit,
    put_in_queue,
    set_urgency,
    withdraw_visit,
)
from incisor.visits.services.next_visit import NextVisitTooFar, want_next_visit
from incisor.visits.services.notes import (
    NoteChanged,
    NoteIncomplete,
    NoteIsSigned,
    NoteNotSigned,
    add_addendum,
    look_at_note,
    save_note,
    sign_note,
)
from incisor.visits.services.steps import (
    StepImpossible,
    StepTaken,
    UndoImpossible,
    take_step,
    take_step_in_place,
    undo_step,
)
from incisor.visits.services.teeth import clear_tooth_findings, set_tooth_findings
from incisor.visits.services.treatments import (
    Treatment,
    add_treatment,
    change_treatment,
    remove_treatment,
    set_treatments_done,
)
from incisor.visits.services.waiting import note_told, promise_wait

__all__ = [
    "AlreadyHere",
    "NextVisitTooFar",
    "NoteChanged",
    "NoteIncomplete",
    "NoteIsSigned",
    "NoteNotSigned",
    "StepImpossible",
    "StepTaken",
    "Treatment",
    "UndoImpossible",
    "add_addendum",
    "add_treatment",
    "begin_visit",
    "change_treatment",
    "clear_tooth_findings",
    "correct_visit",
    "look_at_note",
    "note_told",
    "promise_wait",
    "put_in_queue",
    "remove_treatment",
    "save_note",
    "set_tooth_findings",
    "set_treatments_done",
    "set_urgency",
    "sign_note",
    "take_step",
    "take_step_in_place",
    "undo_step",
    "want_next_visit",
    "withdraw_visit",
]

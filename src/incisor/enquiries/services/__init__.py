"""Every change of calls, notes, enquiries and answers, one function an action."""

from incisor.enquiries.services.answers import add_answer, change_answer, hide_answer, load_answers
from incisor.enquiries.services.calls import CallGone, end_call, report_call, take_call
from incisor.enquiries.services.leads import (
    LeadRefused,
    add_lead,
    advance_lead,
    move_lead,
    tie_lead,
    tie_new_file,
    untie_leads,
)
from incisor.enquiries.services.notes import (
    NoteRefused,
    hand_on,
    reopen_note,
    settle_note,
    undo_note,
    write_note,
)

__all__ = [
    "CallGone",
    "LeadRefused",
    "NoteRefused",
    "add_answer",
    "add_lead",
    "advance_lead",
    "change_answer",
    "end_call",
    "hand_on",
    "hide_answer",
    "load_answers",
    "move_lead",
    "reopen_note",
    "report_call",
    "settle_note",
    "take_call",
    "tie_lead",
    "tie_new_file",
    "undo_note",
    "untie_leads",
    "write_note",
]

"""Reading calls, notes, enquiries, answers."""

from incisor.enquiries.queries.answers import answer, answers
from incisor.enquiries.queries.calls import (
    Caller,
    call,
    caller_of,
    current_call,
    done_during,
    number_index,
    only_patient_of,
    patients_of,
    recent_calls,
    ringing,
)
from incisor.enquiries.queries.leads import (
    Conversion,
    conversion,
    lead,
    lead_counts,
    lead_of_new_file,
    lead_of_patient,
    leads,
)
from incisor.enquiries.queries.notes import colleagues, note, note_counts, notes_of_patient, open_notes, settled_notes

__all__ = [
    "Caller",
    "Conversion",
    "answer",
    "answers",
    "call",
    "caller_of",
    "colleagues",
    "conversion",
    "current_call",
    "done_during",
    "lead",
    "lead_counts",
    "lead_of_new_file",
    "lead_of_patient",
    "leads",
    "note",
    "note_counts",
    "notes_of_patient",
    "number_index",
    "only_patient_of",
    "open_notes",
    "patients_of",
    "recent_calls",
    "ringing",
    "settled_notes",
]

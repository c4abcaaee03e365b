"""Pure decisions: reading a note's last words, the stages of an enquiry, finding an answer."""

from incisor.enquiries.rules.answers import found, matches
from incisor.enquiries.rules.leads import NEXT, Untied, lead_of_new_file, may_become, stage_after
from incisor.enquiries.rules.notes import ParsedNote, Person, parsed_note

__all__ = [
    "NEXT",
    "ParsedNote",
    "Person",
    "Untied",
    "found",
    "lead_of_new_file",
    "matches",
    "may_become",
    "parsed_note",
    "stage_after",
]

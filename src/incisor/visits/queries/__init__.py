"""Every read of visits, their notes and teeth."""

from incisor.visits.queries.library import (
    Diagnosis,
    diagnoses,
    diagnosis_labels,
    find_diagnoses,
    find_procedures,
    phrases_for,
)
from incisor.visits.queries.notes import (
    addenda_of,
    findings_of,
    note_is_whole,
    note_of,
    signed_content,
    teeth_before,
    treatment_of,
    treatments_of,
    written_in,
)
from incisor.visits.queries.visits import (
    booked_procedures,
    last_seen_on,
    lock_patient,
    step_of,
    steps_of,
    visit,
    visit_of_appointment,
    visits_of_day,
    visits_of_patient,
)

__all__ = [
    "Diagnosis",
    "addenda_of",
    "booked_procedures",
    "diagnoses",
    "diagnosis_labels",
    "find_diagnoses",
    "find_procedures",
    "findings_of",
    "last_seen_on",
    "lock_patient",
    "note_is_whole",
    "note_of",
    "phrases_for",
    "signed_content",
    "step_of",
    "steps_of",
    "teeth_before",
    "treatment_of",
    "treatments_of",
    "visit",
    "visit_of_appointment",
    "visits_of_day",
    "visits_of_patient",
    "written_in",
]

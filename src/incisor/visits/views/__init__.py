"""Pages of visits: the note with its chart, and a patient's visits and teeth."""

from incisor.visits.views.note import addendum, diagnoses, note, note_print, phrases
from incisor.visits.views.patient import patient_teeth, patient_visits
from incisor.visits.views.teeth import teeth
from incisor.visits.views.treatments import find_procedures, treatment, treatments

__all__ = [
    "addendum",
    "diagnoses",
    "find_procedures",
    "note",
    "note_print",
    "patient_teeth",
    "patient_visits",
    "phrases",
    "teeth",
    "treatment",
    "treatments",
]

"""What happened: a patient's coming, the dentist's note, teeth, procedures done."""

from incisor.visits.models.notes import Addendum, VisitNote
from incisor.visits.models.teeth import ToothFinding, TreatmentDone
from incisor.visits.models.visit import Visit, VisitStep

__all__ = [
    "Addendum",
    "ToothFinding",
    "TreatmentDone",
    "Visit",
    "VisitNote",
    "VisitStep",
]

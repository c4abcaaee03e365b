"""What happened: a patient's coming, the dentist's note, teeth, procedures done, and what belongs to the record."""

from incisor.visits.models.next_visit import NextVisit
from incisor.visits.models.notes import Addendum, VisitNote
from incisor.visits.models.plans import (
    ConsentOverrule,
    PlanDecision,
    PlanEdit,
    PlanItem,
    PlanOption,
    PlanStage,
    TreatmentPlan,
)
from incisor.visits.models.record import (
    Attachment,
    HealthCheck,
    NoteTemplate,
    PrescribedDrug,
    RecordReading,
)
from incisor.visits.models.teeth import ToothFinding, TreatmentDone
from incisor.visits.models.visit import Visit, VisitStep

__all__ = [
    "Addendum",
    "Attachment",
    "ConsentOverrule",
    "HealthCheck",
    "NextVisit",
    "NoteTemplate",
    "PlanDecision",
    "PlanEdit",
    "PlanItem",
    "PlanOption",
    "PlanStage",
    "PrescribedDrug",
    "RecordReading",
    "ToothFinding",
    "TreatmentDone",
    "TreatmentPlan",
    "Visit",
    "VisitNote",
    "VisitStep",
]

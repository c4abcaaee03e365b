"""What is typed at the chair and about plans."""

from incisor.visits.forms.note import AddendumForm, NoteForm, TeethForm, TreatmentForm
from incisor.visits.forms.plans import (
    AnswerForm,
    OptionForm,
    PlanForm,
    PlanItemForm,
    ReasonForm,
    SettleForm,
    StageForm,
)

__all__ = [
    "AddendumForm",
    "AnswerForm",
    "NoteForm",
    "OptionForm",
    "PlanForm",
    "PlanItemForm",
    "ReasonForm",
    "SettleForm",
    "StageForm",
    "TeethForm",
    "TreatmentForm",
]

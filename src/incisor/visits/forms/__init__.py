"""What is typed at the chair and about plans."""

from incisor.visits.forms.note import AddendumForm, NoteForm, TeethForm, TreatmentForm
from incisor.visits.forms.plans import AnswerForm, OptionForm, PlanForm, PlanItemForm, ReasonForm, SettleForm, StageForm
from incisor.visits.forms.record import AttachmentForm, DrugForm, FieldsForm, HealthCheckForm
from incisor.visits.forms.templates import TemplateForm

__all__ = [
    "AddendumForm",
    "AnswerForm",
    "AttachmentForm",
    "DrugForm",
    "FieldsForm",
    "HealthCheckForm",
    "NoteForm",
    "OptionForm",
    "PlanForm",
    "PlanItemForm",
    "ReasonForm",
    "SettleForm",
    "StageForm",
    "TeethForm",
    "TemplateForm",
    "TreatmentForm",
]

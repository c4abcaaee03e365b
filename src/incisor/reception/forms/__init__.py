"""What is typed and chosen at the desk, by topic."""

from incisor.reception.forms.desk import (
    CareForm,
    CorrectForm,
    ReasonForm,
    RedirectForm,
    ReorderForm,
    SignsField,
    ToldForm,
    TriageForm,
    WalkInForm,
)
from incisor.reception.forms.flow import FlowRulesForm
from incisor.reception.forms.screens import NoticeForm, ScreenForm

__all__ = [
    "CareForm",
    "CorrectForm",
    "FlowRulesForm",
    "NoticeForm",
    "ReasonForm",
    "RedirectForm",
    "ReorderForm",
    "ScreenForm",
    "SignsField",
    "ToldForm",
    "TriageForm",
    "WalkInForm",
]

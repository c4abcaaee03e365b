"""What is typed and chosen at the desk, by topic."""

from incisor.reception.forms.desk import (
    CareForm,
    CorrectForm,
    ReasonForm,
    ReorderForm,
    SignsField,
    TriageForm,
    WalkInForm,
)
from incisor.reception.forms.screens import NoticeForm, ScreenForm

__all__ = [
    "CareForm",
    "CorrectForm",
    "NoticeForm",
    "ReasonForm",
    "ReorderForm",
    "ScreenForm",
    "SignsField",
    "TriageForm",
    "WalkInForm",
]

"""Forms of patients: what was typed, its shape and range. What is allowed is decided by the services."""

from incisor.patients.forms.family import FamilyForm, RelativeForm
from incisor.patients.forms.files import (
    SECTIONS,
    AlertForm,
    LookAlikeForm,
    RegisterForm,
    SectionForm,
    UploadForm,
    field_form,
)
from incisor.patients.forms.health import PhotoForm, ReadingForm
from incisor.patients.forms.standing import LevelForm, MembershipForm, PointsForm, RestrictionForm, TagForm

__all__ = [
    "SECTIONS",
    "AlertForm",
    "FamilyForm",
    "LevelForm",
    "LookAlikeForm",
    "MembershipForm",
    "PhotoForm",
    "PointsForm",
    "ReadingForm",
    "RegisterForm",
    "RelativeForm",
    "RestrictionForm",
    "SectionForm",
    "TagForm",
    "UploadForm",
    "field_form",
]

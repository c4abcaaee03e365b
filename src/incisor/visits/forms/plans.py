"""What is typed about treatment plans, decisions and consents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.clinics.models import Clinic
from incisor.kernel.money import NotAnAmount, to_minor
from incisor.staff.queries import dentists
from incisor.visits.enums import DecisionKind, ItemSettled
from incisor.visits.models import TreatmentPlan
from incisor.visits.rules.plans import LONGEST_GAP_DAYS
from incisor.visits.services.plans import LONGEST_TEXT, LONGEST_TITLE


class PlanForm(forms.Form):
    """What a plan is about."""

    title = forms.CharField(label=_("What is to be treated"), max_length=LONGEST_TITLE)
    problem = forms.CharField(
        label=_("Findings and aim, in words for the patient"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    dentist = forms.ChoiceField(label=_("Dentist"), required=False)

    def __init__(self, *args: Any, clinic: Clinic, of: TreatmentPlan | None = None, **more: Any) -> None:
        if of is not None:
            more["initial"] = {"title": of.title, "problem": of.problem, "dentist": str(of.dentist_id or "")}
        super().__init__(*args, **more)
        self.dentists = {str(one.pk): one for one in dentists(clinic)}
        if of is not None and of.dentist is not None:
            self.dentists.setdefault(str(of.dentist_id), of.dentist)
        names = ((key, one.name) for key, one in self.dentists.items())
        self.fields["dentist"].choices = [("", _("not said")), *names]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "problem": given["problem"],
            "dentist": self.dentists.get(given["dentist"]),
        }


class OptionForm(forms.Form):
    """Name and explanation of an alternative."""

    title = forms.CharField(max_length=LONGEST_TITLE, required=False)
    explanation = forms.CharField(max_length=LONGEST_TEXT, required=False)
    is_recommended = forms.BooleanField(required=False)


class StageForm(forms.Form):
    """Name of a stage, and how many days after the one before it comes."""

    title = forms.CharField(max_length=60, required=False)
    after_days = forms.IntegerField(min_value=0, max_value=LONGEST_GAP_DAYS, required=False)


class PlanItemForm(forms.Form):
    """A planned procedure. unit_minor: an estimate in yuan for what has no price."""

    procedure = forms.UUIDField(required=False)
    teeth = forms.CharField(max_length=200, required=False)
    quantity = forms.IntegerField(required=False, min_value=1, max_value=99)
    note = forms.CharField(max_length=120, required=False)
    unit_minor = forms.CharField(max_length=20, required=False)
    stage = forms.UUIDField(required=False)

    def clean_unit_minor(self) -> int | None:
        """Return the price in fen; None when nothing was typed."""
        typed = self.cleaned_data["unit_minor"]
        try:
            return to_minor(typed) if typed.strip() else None
        except NotAnAmount as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class AnswerForm(forms.Form):
    """What a patient said to a plan without signing."""

    kind = forms.ChoiceField(choices=[(one.value, one.label) for one in (DecisionKind.LATER, DecisionKind.DECLINED)])
    words = forms.CharField(max_length=500, required=False)
    ask_again_on = forms.DateField(required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(max_length=500, required=False)


class SettleForm(forms.Form):
    """Why a planned procedure will not be done here; without a kind it is wanted again."""

    settled = forms.ChoiceField(choices=[("", ""), *ItemSettled.choices], required=False)
    note = forms.CharField(max_length=120, required=False)

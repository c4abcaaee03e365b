"""What is typed on the follow-up pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import RoleKey
from incisor.outreach.enums import CallOutcome, Satisfaction, StepContact


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(choices=CallOutcome.choices)
    satisfaction = forms.ChoiceField(choices=[("", _("Not asked")), *Satisfaction.choices], required=False)
    note = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}), label=_("In the patient's words")
    )


class StepForm(forms.Form):
    """One step of a protocol."""

    role = forms.ChoiceField(choices=RoleKey.choices, label=_("Who calls"))
    contact = forms.ChoiceField(choices=StepContact.choices, label=_("How"))
    after_days = forms.IntegerField(min_value=0, max_value=400, required=False, label=_("Days after"))
    after_months = forms.IntegerField(min_value=1, max_value=60, required=False, label=_("or months after"))
    after_years = forms.IntegerField(min_value=1, max_value=20, required=False, label=_("or years after"))
    purpose_zh = forms.CharField(max_length=120, label=_("What for (Chinese)"))
    purpose_en = forms.CharField(max_length=160, label=_("What for (English)"))
    ask_zh = forms.CharField(
        required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}), label=_("Ask (Chinese)")
    )
    ask_en = forms.CharField(
        required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}), label=_("Ask (English)")
    )
    advise_zh = forms.CharField(
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Advise (Chinese)")
    )
    advise_en = forms.CharField(
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Advise (English)")
    )

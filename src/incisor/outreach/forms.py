"""What is typed on the follow-up pages."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import RoleKey
from incisor.clinics.queries import procedures
from incisor.kernel.editing import time_field
from incisor.messaging.rules import MAX_BODY
from incisor.outreach.enums import CallOutcome, Moment, Satisfaction, StepContact, Way, WhyMissed
from incisor.outreach.rules.calling import Stretches


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(choices=CallOutcome.choices)
    satisfaction = forms.ChoiceField(choices=[("", _("Not asked")), *Satisfaction.choices], required=False)
    why_missed = forms.ChoiceField(choices=[("", _("Not asked")), *WhyMissed.choices], required=False)
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


STRETCH = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})")


def stretches_text(stretches: Stretches) -> str:
    """Return stretches of a day as people write them: 10:30–12:00, 14:00–18:30."""
    return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in stretches)


class StretchesField(forms.CharField):
    """Stretches of a day, “10:30–12:00, 14:00–18:30”."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        parts = [part for part in re.split(r"[,，、;；]", text) if part.strip()]
        found = [STRETCH.fullmatch(part.strip()) for part in parts]
        try:
            return (
                [(time(int(one[1]), int(one[2])), time(int(one[3]), int(one[4]))) for one in found if one is not None]
                if None not in found
                else self._refuse()
            )
        except ValueError:
            return self._refuse()

    def _refuse(self) -> Any:
        raise forms.ValidationError(_("Times like 10:30–12:00, several with a comma between them."))


class CallingRulesForm(forms.Form):
    """When patients may be called."""

    workdays = StretchesField(
        max_length=80, label=_("Monday to Friday"), help_text=_("Such as 10:30–12:00, 14:00–18:30")
    )
    weekend = StretchesField(max_length=80, label=_("Weekend"))
    missed_minutes = forms.IntegerField(
        min_value=5, max_value=1440, label=_("Call whoever did not come within (minutes)")
    )
    leftover_until = time_field(_("Reminder calls left from yesterday stand on top until"), required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RuleForm(forms.Form):
    """One message that goes with appointments."""

    name_zh = forms.CharField(max_length=40, label=_("Name in Chinese"))
    name_en = forms.CharField(max_length=60, label=_("Name in English"))
    moment = forms.ChoiceField(choices=Moment.choices, label=_("When"))
    amount = forms.IntegerField(
        min_value=0, max_value=240, label=_("How many"),
        help_text=_("Days or hours before the appointment; minutes after it was booked, moved or cancelled."),
    )  # fmt: skip
    at_time = time_field(_("At (for days before)"), required=True)
    channels = forms.MultipleChoiceField(
        choices=Way.choices, widget=forms.CheckboxSelectMultiple, label=_("Channels"),
        help_text=_("Tried in this order, as far as the patient wishes to be reached so."),
    )  # fmt: skip
    procedures = forms.MultipleChoiceField(
        required=False, widget=forms.SelectMultiple(attrs={"size": 6}), label=_("Only for these procedures"),
        help_text=_("None chosen: for all."),
    )  # fmt: skip
    text_zh = forms.CharField(max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 3}), label=_("Text (Chinese)"))
    text_en = forms.CharField(max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 3}), label=_("Text (English)"))
    is_active = forms.BooleanField(required=False, label=_("Switched on"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["procedures"].choices = [(one.code, str(one)) for one in procedures()]  # type: ignore[attr-defined]

"""What is typed for the waitlist. Shape only."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.clinics.models import Clinic
from incisor.scheduling.enums import OfferChannel
from incisor.scheduling.forms import TreatmentForm

NOTICES = [(60, _("an hour")), (120, _("two hours")), (240, _("half a day")), (1440, _("a day")), (2880, _("two days"))]


class WishForm(TreatmentForm):
    """What a patient waits for, ready to be entered."""

    is_urgent = forms.BooleanField(label=pgettext_lazy("waitlist", "Urgent"), required=False)
    is_open_ended = forms.BooleanField(label=_("No last day"), required=False)
    notice_minutes = forms.TypedChoiceField(label=_("Must know before"), choices=NOTICES, coerce=int, required=False)
    offered_by = forms.ChoiceField(label=_("Offer by"), choices=OfferChannel.choices, required=False)

    def __init__(self, *args: Any, clinic: Clinic, today: date, **kwargs: Any) -> None:
        super().__init__(*args, clinic=clinic, today=today, **kwargs)

    def clean_notice_minutes(self) -> int:
        return int(self.cleaned_data["notice_minutes"] or NOTICES[1][0])

    def clean_offered_by(self) -> str:
        return self.cleaned_data["offered_by"] or OfferChannel.CALL.value


class WaitlistRulesForm(forms.Form):
    """How the clinic offers freed times."""

    is_automatic = forms.BooleanField(label=_("Offer freed times by themselves"), required=False)
    answer_minutes = forms.IntegerField(label=_("Minutes to answer"), min_value=5, max_value=1440)
    near_answer_minutes = forms.IntegerField(
        label=_("Minutes to answer when the time is less than a day ahead"), min_value=5, max_value=240
    )
    least_ahead_minutes = forms.IntegerField(
        label=_("Minutes ahead from which a time is offered at all"), min_value=30, max_value=2880
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

"""The clinic's rules for the flow of the day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.reception.enums import ScreenNames


def _minutes(label: Any, help_text: Any = "", *, least: int = 0, most: int = 240) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)


class FlowRulesForm(forms.Form):
    """Every field of FlowRules, in the order of a patient's way through the clinic."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    early_minutes = _minutes(_("Early (minutes before the appointment)"), _("Who comes earlier than this is told so."))
    late_minutes = _minutes(
        _("Late (minutes after the appointment)"),
        _("Who comes later than this is called by the time of coming. From here on the board asks to telephone."),
    )
    walk_in_patience_minutes = _minutes(
        _("Walk-ins wait at most (minutes)"),
        _("After this, nobody with a later appointment is called before them."),
    )
    prompt_minutes = _minutes(
        _("Explain the wait from (minutes)"),
        _("The board then asks to explain, apologise and offer something."),
        least=1,
    )
    tell_again_minutes = _minutes(_("Explain again after (minutes)"), least=1)
    offers = forms.CharField(
        label=_("What you offer"),
        max_length=200,
        required=False,
        help_text=_("Such as: tea, a magazine, a call later."),
    )
    recall_after_minutes = _minutes(_("Called and not come: call again after (minutes)"), least=1, most=60)
    park_return = forms.IntegerField(
        label=_("Who was not there comes back behind … others"),
        min_value=0,
        max_value=20,
        help_text=_("0: in the old place at once. 1: after the next one."),
    )
    tell_delay_minutes = _minutes(
        _("Tell later patients of a delay from (minutes)"), _("When a dentist runs late by this much."), least=1
    )
    kiosk_is_on = forms.BooleanField(label=_("Check-in at the kiosk"), required=False)
    link_checkin_is_on = forms.BooleanField(label=_("Check-in from the patient’s phone"), required=False)
    screen_names = forms.ChoiceField(label=_("The screen in the waiting room shows"), choices=ScreenNames.choices)
    voice_is_on = forms.BooleanField(label=_("The screens read calls out"), required=False)
    sends_aftercare = forms.BooleanField(label=_("Send the aftercare sheet when nobody printed it"), required=False)
    survey_is_on = forms.BooleanField(label=_("Ask one question after the visit"), required=False)
    survey_after_minutes = _minutes(_("Ask after (minutes)"), most=10080)
    survey_every_days = forms.IntegerField(label=_("Not more often than every … days"), min_value=1, max_value=730)

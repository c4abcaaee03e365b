"""Forms of privacy: a request about own data, the words of a consent, the clinic's rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.patients.enums import LookRule, RequestKind


class RequestForm(forms.Form):
    """What a patient asks about the own data."""

    kind = forms.ChoiceField(label=_("What is asked for?"), choices=RequestKind.choices)
    identity_seen = forms.CharField(
        label=_("By what do you know who is asking?"),
        max_length=120,
        help_text=_("ID card seen, called back at the number in the file …"),
    )
    asked_by = forms.CharField(label=_("Who asks, if not the patient"), max_length=60, required=False)
    wish = forms.CharField(
        label=_("In the patient's own words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TextForm(forms.Form):
    """A new version of what patients agree to."""

    text_zh = forms.CharField(label=_("Chinese"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    text_en = forms.CharField(label=_("English"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    is_asked_anew = forms.BooleanField(
        label=_("Everybody is asked anew: consents to earlier versions no longer count"), required=False
    )


class RulesForm(forms.Form):
    """What the clinic decides about privacy."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    opening = forms.ChoiceField(
        label=_("When a file that is not on today’s list is opened"),
        choices=LookRule.choices,
        widget=forms.RadioSelect,
    )
    asks_before_showing = forms.BooleanField(
        label=_("Ask for a reason before phone or ID numbers of such a file are shown"), required=False
    )
    retention_years = forms.IntegerField(
        label=_("Years for which a file is kept after the last visit"),
        help_text=_("The law asks for at least 15 years; 30 is recommended."),
    )
    answer_days = forms.IntegerField(
        label=_("Days within which a request about own data is answered"), min_value=1, max_value=90
    )

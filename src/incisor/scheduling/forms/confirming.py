"""What is typed about the rules of confirming and deposits."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.scheduling.enums import Demand


class ConfirmationRulesForm(forms.Form):
    """What is asked before an appointment stands, and what patients may do by themselves."""

    counted_visits = forms.IntegerField(
        min_value=1, max_value=50, label=_("Look at the last so many appointments of a patient")
    )
    missed_limit = forms.IntegerField(
        min_value=0, max_value=20, label=_("Ask for more from so many missed ones on"), help_text=_("0: never")
    )
    demand = forms.ChoiceField(required=False, choices=Demand.choices, label=_("What is asked then"))
    deposit = forms.DecimalField(min_value=0, max_value=100000, decimal_places=2, label=_("Usual deposit, yuan"))
    may_cancel = forms.BooleanField(required=False, label=_("Patients may cancel by the link"))
    cancel_hours = forms.IntegerField(
        min_value=0,
        max_value=336,
        label=_("Cancel until so many hours before"),
        help_text=_("Later the desk calls them."),
    )
    may_move = forms.BooleanField(required=False, label=_("Patients may choose another time by the link"))
    move_hours = forms.IntegerField(min_value=0, max_value=336, label=_("Choose until so many hours before"))
    move_days = forms.IntegerField(min_value=1, max_value=60, label=_("Times within the next so many days"))
    version = forms.IntegerField(widget=forms.HiddenInput)

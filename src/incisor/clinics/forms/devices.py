"""Devices."""

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from incisor.clinics.enums import DeviceKind


class DeviceForm(forms.Form):
    """A device that nobody signs in at."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=DeviceKind.choices)
    name = forms.CharField(
        label=pgettext_lazy("device", "Name"),
        max_length=40,
        help_text=gettext_lazy("Where it stands: for example waiting room, 2nd floor."),
    )

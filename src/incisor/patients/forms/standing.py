"""Forms of what the clinic agrees with a patient, and of its lists of levels and tags."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.kernel.editing import date_field
from incisor.patients.enums import Colour, RestrictionKind
from incisor.patients.models import MembershipLevel

REASON = 120


def _reason(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        required=required,
        max_length=REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why, in a few words. Whoever asks later will read it.")},
    )


class MembershipForm(forms.Form):
    """The level of a patient; empty ends it."""

    level = forms.ChoiceField(label=_("Level"), required=False)
    last_on = date_field(_("Until"), required=False)
    reason = _reason(required=False)

    def __init__(self, *args: Any, levels: list[MembershipLevel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", _("No membership")), *((str(one.pk), one.name) for one in levels)]  # type: ignore[attr-defined]


class PointsForm(forms.Form):
    """Points given or taken."""

    points = forms.IntegerField(
        label=_("Points"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "+100"}),
        error_messages={
            "required": _("Type how many points: 100, or -100 to take them."),
            "invalid": _("Type how many points: 100, or -100 to take them."),
        },
    )
    reason = _reason(required=True)


class RestrictionForm(forms.Form):
    """What is asked of the patient before an appointment stands."""

    kind = forms.ChoiceField(label=_("What is asked"), choices=RestrictionKind.choices)
    reason = _reason(required=True)
    last_on = date_field(_("Until"), required=False)


class _ListForm(forms.Form):
    """An entry of a list of the clinic's own."""

    colour = forms.ChoiceField(label=_("Colour"), choices=Colour.choices)
    position = forms.IntegerField(label=_("Place in the list"), min_value=1, max_value=999, initial=1)
    is_active = forms.BooleanField(label=_("In use"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_active"], self.fields["version"]
        self.order_fields(["name", "meaning", "rules", "colour", "position", "is_active", "version"])


class LevelForm(_ListForm):
    """A level of membership."""

    name = forms.CharField(label=_("Name"), max_length=20)
    rules = forms.CharField(
        label=_("What members get"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TagForm(_ListForm):
    """A tag."""

    name = forms.CharField(label=_("Name"), max_length=20)
    meaning = forms.CharField(label=_("What the desk does differently"), required=False, max_length=200)

"""The screens of the waiting room and their notices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.clinics.models import Clinic, Device
from incisor.reception import queries
from incisor.reception.rules.screen import REPEATS, Speech, options_of

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


def _moment_field(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=FORMATS, help_text=help_text)


class NoticeForm(forms.Form):
    """A notice on the screens."""

    text_zh = forms.CharField(label=_("In Chinese"), max_length=120, required=False)
    text_en = forms.CharField(label=_("In English"), max_length=200, required=False)
    is_urgent = forms.BooleanField(label=_("Urgent: stands out, before the others"), required=False)
    starts_at = _moment_field(_("From"), _("Empty: at once."))
    ends_at = _moment_field(_("Until"), _("Empty: until somebody takes it away."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ScreenForm(forms.Form):
    """What one screen shows and says."""

    name = forms.CharField(label=pgettext_lazy("device", "Name"), max_length=40)
    rooms = forms.MultipleChoiceField(
        label=_("For these rooms"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: for all rooms."),
    )
    speech = forms.ChoiceField(
        label=_("Languages"),
        choices=[
            (Speech.BOTH.value, _("Chinese and English")),
            (Speech.CHINESE.value, _("Chinese only")),
            (Speech.ENGLISH.value, _("English only")),
        ],
    )
    voice = forms.BooleanField(label=_("Read calls out"), required=False)
    repeat = forms.TypedChoiceField(
        label=_("How often a call is said"), coerce=int, choices=[(number, str(number)) for number in REPEATS]
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clinic: Clinic, device: Device, **more: Any) -> None:
        options = options_of(device.options)
        initial = {
            "name": device.name, "rooms": sorted(options.rooms), "speech": options.speech.value, "voice": options.voice,
            "repeat": options.repeat, "version": device.version,
        }  # fmt: skip
        super().__init__(*args, **{"initial": initial, **more})
        usable = [(str(room.pk), room.name) for room in queries.rooms_of_screens(clinic)]
        self.fields["rooms"].choices = usable  # type: ignore[attr-defined]

    def options(self) -> dict[str, Any]:
        """Return what is kept with the device."""
        chosen = self.cleaned_data
        return {name: chosen[name] for name in ("rooms", "voice", "speech", "repeat")}

"""Organisation, clinics, rooms, chairs, closures."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incisor.clinics import queries
from incisor.clinics.enums import ChairNeed
from incisor.clinics.models import Clinic
from incisor.kernel.editing import time_field
from incisor.kernel.weekform import StretchForm

USUAL_ZONES = ["Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore"]


@cache
def _all_zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))


def zone_choices() -> list[Any]:
    """Return the time zones, the usual ones first."""
    return [
        (_("Usual"), [(name, name) for name in USUAL_ZONES]),
        (_("All"), [(name, name) for name in ["UTC", *_all_zones()]]),
    ]


class OrganisationForm(forms.Form):
    """The organisation's name."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=80)


class PlaceForm(forms.Form):
    """What every clinic has."""

    name = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)


class ClinicForm(PlaceForm):
    """The settings of a clinic."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    day_starts_at = time_field(
        gettext_lazy("The business day begins at"),
        required=True,
        help_text=gettext_lazy("00:00, unless you treat patients after midnight: then for example 04:00."),
    )
    wait_limit_minutes = forms.IntegerField(
        label=gettext_lazy("Waiting limit (minutes)"),
        min_value=1,
        max_value=240,
        help_text=gettext_lazy("Whoever waits longer is shown in red on today's board."),
    )
    idle_lock_minutes = forms.IntegerField(
        label=gettext_lazy("Lock the screen after (minutes)"),
        min_value=1,
        max_value=120,
        help_text=gettext_lazy("Without a key or a click for this long, the screen asks for the password."),
    )
    buffer_percent = forms.IntegerField(
        label=gettext_lazy("Time kept free (percent)"),
        min_value=0,
        max_value=60,
        help_text=gettext_lazy("Share of a dentist's day kept for emergencies and walk-ins. Usual: 15."),
    )


class NewClinicForm(PlaceForm):
    """A further clinic of the organisation."""

    code = forms.RegexField(
        r"^[A-Za-z0-9]{1,8}$",
        label=gettext_lazy("Code"),
        max_length=8,
        help_text=gettext_lazy(
            "Letters and digits, at most 8. Stands in file and receipt numbers and is never changed."
        ),
        error_messages={"invalid": gettext_lazy("Letters and digits only, at most 8.")},
    )
    chairs = forms.IntegerField(label=gettext_lazy("Number of chairs"), min_value=0, max_value=60, initial=3)
    hours_like = forms.BooleanField(
        label=gettext_lazy("Take over the opening hours of the present clinic"), required=False, initial=True
    )
    field_order = ["code", "name", "name_en", "phone", "address", "zone", "chairs", "hours_like"]

    def clean_code(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["code"]).upper()


class RoomForm(forms.Form):
    """A room."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=40)
    floor = forms.CharField(label=gettext_lazy("Floor"), max_length=20, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class ChairForm(forms.Form):
    """A chair. clinic: whose rooms are offered."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=40)
    room = forms.ChoiceField(label=gettext_lazy("Room"))
    position = forms.IntegerField(
        label=gettext_lazy("Order"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("Chairs stand in this order in the calendar."),
    )
    capabilities = forms.MultipleChoiceField(
        label=gettext_lazy("Can be used for"),
        choices=ChairNeed.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Tick at least one: a chair that serves nothing can never be booked.")
        },
    )
    equipment = forms.CharField(
        label=gettext_lazy("Equipment"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What stands here: microscope, sedation unit …"),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *given: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*given, **more)
        self.rooms = {str(room.pk): room for room in queries.rooms(clinic) if room.is_active}
        kept = self.initial.get("room")
        if kept is not None and str(kept) not in self.rooms:
            self.rooms[str(kept)] = queries.room(clinic, kept)
        self.fields["room"].choices = [(key, room.name) for key, room in self.rooms.items()]  # type: ignore[attr-defined]

    def clean_room(self) -> Any:
        """Return the room itself."""
        return self.rooms[self.cleaned_data["room"]]


class ClosureForm(StretchForm):
    """A closure of the clinic or of one chair."""

    chair = forms.ChoiceField(label=gettext_lazy("What is closed"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120)
    field_order = ["chair", "starts_on", "starts_time", "ends_on", "ends_time", "reason"]

    def __init__(self, *given: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*given, zone=clinic.zone, **more)
        self.chairs = {str(chair.pk): chair for chair in queries.chairs(clinic)}
        self.fields["chair"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole clinic")),
            *((key, chair.name) for key, chair in self.chairs.items()),
        ]

    def clean_chair(self) -> Any:
        """Return the chair itself, None for the whole clinic."""
        return self.chairs.get(self.cleaned_data["chair"])

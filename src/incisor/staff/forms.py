"""What people type on the staff pages."""

from datetime import time
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic
from incisor.clinics.queries import chairs
from incisor.kernel.editing import date_field, time_field
from incisor.kernel.weekform import StretchForm
from incisor.staff import queries
from incisor.staff.enums import LeaveKind, StaffKind
from incisor.staff.models import StaffMember
from incisor.staff.services import StaffWords

# Dark enough for white writing, and told apart by people who see no red or green by their order of brightness.
COLOURS = [
    ("#206bc4", gettext_lazy("Blue")),
    ("#2b8a3e", gettext_lazy("Green")),
    ("#c92a2a", gettext_lazy("Red")),
    ("#9c36b5", gettext_lazy("Purple")),
    ("#b35400", gettext_lazy("Orange")),
    ("#087f5b", gettext_lazy("Teal")),
    ("#4263eb", gettext_lazy("Indigo")),
    ("#a61e4d", gettext_lazy("Crimson")),
    ("#5f3dc4", gettext_lazy("Violet")),
    ("#495057", gettext_lazy("Grey")),
]


def _swatch(colour: str, label: Any) -> SafeString:
    """Return the label with a patch of the colour before it."""
    patch = '<svg class="swatch" aria-hidden="true" viewBox="0 0 1 1"><rect width="1" height="1" fill="{}"/></svg> {}'
    return format_html(patch, colour, label)


class StaffForm(forms.Form):
    """A person at work. by: only clinics where this user may change staff can be ticked or unticked."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=60, required=False)
    number = forms.CharField(label=gettext_lazy("Staff number"), max_length=20)
    kind = forms.ChoiceField(label=gettext_lazy("Works as"), choices=StaffKind.choices)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For example 主治医师, shown to patients."),
    )
    specialties = forms.MultipleChoiceField(
        label=gettext_lazy("Specialties"),
        choices=Specialty.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("A dentist is offered only for procedures of these specialties."),
    )
    licence_number = forms.CharField(label=gettext_lazy("Licence number"), max_length=40, required=False)
    licence_expires_on = date_field(gettext_lazy("Licence expires on"), required=False)
    chair = forms.ChoiceField(label=gettext_lazy("Usual chair in this clinic"), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Order in this clinic"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("Dentists stand in this order in the calendar."),
    )
    colour = forms.ChoiceField(
        label=gettext_lazy("Colour in the calendar"), required=False, widget=forms.RadioSelect, choices=()
    )
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What reception can tell patients about this person."),
    )
    clinics = forms.MultipleChoiceField(
        label=gettext_lazy("Works in"), widget=forms.CheckboxSelectMultiple, required=False
    )
    user = forms.ChoiceField(
        label=gettext_lazy("Account"),
        required=False,
        help_text=gettext_lazy("With which this person signs in. Accounts are made by the administrator."),
    )

    def __init__(
        self,
        *given: Any,
        clinic: Clinic,
        by: User,
        offered: list[Clinic],
        staff: StaffMember | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*given, **more)
        self.chairs = {str(chair.pk): chair for chair in chairs(clinic)}
        self.editable = {str(row.pk): row for row in offered if may(by, Permission.STAFF_EDIT, row.pk)}
        self.users = {str(row.pk): row for row in queries.accounts_for(clinic, staff)}
        self._choose("chair", [("", _("None")), *((key, chair.name) for key, chair in self.chairs.items())])
        self._choose("clinics", [(key, row.name) for key, row in self.editable.items()])
        self._choose(
            "user", [("", _("None")), *((key, f"{row.name} ({row.username})") for key, row in self.users.items())]
        )
        colours = list(COLOURS)
        if staff is not None and staff.colour and staff.colour not in dict(colours):
            colours.append((staff.colour, _("As now")))
        self._choose("colour", [(value, _swatch(value, label)) for value, label in colours])
        if len(self.editable) == 1 and str(clinic.pk) in self.editable and staff is None:
            del self.fields["clinics"]

    def _choose(self, field: str, choices: list[Any]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]

    def clean_chair(self) -> Any:
        """Return the chair itself, None for none."""
        return self.chairs.get(self.cleaned_data["chair"])

    def clean_user(self) -> Any:
        """Return the account itself, None for none."""
        return self.users.get(self.cleaned_data["user"])

    def clean_clinics(self) -> Any:
        """Return the clinics themselves."""
        return [self.editable[key] for key in self.cleaned_data["clinics"]]

    def clean(self) -> dict[str, Any]:
        """A dentist has at least one specialty: without one nothing could be booked."""
        data = super().clean() or {}
        if data.get("kind") == StaffKind.DENTIST and not data.get("specialties") and "specialties" not in self.errors:
            self.add_error("specialties", _("Tick at least one specialty: a dentist without one can never be booked."))
        return data

    def words(self) -> StaffWords:
        """Return what was typed, for the services."""
        return StaffWords(**{name: self.cleaned_data[name] for name in StaffWords.__dataclass_fields__})

    def placing(self, clinic: Clinic) -> dict[str, Any]:
        """Return where the person works, for the services."""
        return {
            "clinics": self.cleaned_data.get("clinics", [clinic]),
            "chair": self.cleaned_data["chair"],
            "position": self.cleaned_data["position"],
        }


class DayForm(forms.Form):
    """Other hours on one day, or off."""

    first_from = time_field(gettext_lazy("from"))
    first_to = time_field(gettext_lazy("to"))
    second_from = time_field(gettext_lazy("and from"))
    second_to = time_field(gettext_lazy("to"))
    is_off = forms.BooleanField(label=gettext_lazy("Off on this day"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example: swapped with a colleague."),
    )

    def clean(self) -> dict[str, Any]:
        """Gather the hours; none at all means that off must be ticked."""
        data = super().clean() or {}
        hours: list[tuple[time, time]] = []
        for first, second in (("first_from", "first_to"), ("second_from", "second_to")):
            starts, ends = data.get(first), data.get(second)
            if first in self.errors or second in self.errors or (starts is None and ends is None):
                continue
            if starts is None or ends is None:
                self.add_error(first if starts is None else second, _("Enter both times, or neither."))
            elif ends <= starts:
                self.add_error(second, _("The end must be after the beginning."))
            elif hours and starts < hours[-1][1]:
                self.add_error(first, _("Overlaps with the hours before."))
            else:
                hours.append((starts, ends))
        if data.get("is_off"):
            hours = []
        elif not hours and not self.errors:
            self.add_error("first_from", _("Enter the hours of this day, or tick “Off on this day”."))
        data["hours"] = hours
        return data


class LeaveForm(StretchForm):
    """A leave. people: who can be chosen, when it is not clear from the page."""

    staff = forms.ChoiceField(label=gettext_lazy("Who"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of leave"), choices=LeaveKind.choices)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)
    field_order = ["staff", "kind", "starts_on", "starts_time", "ends_on", "ends_time", "reason"]

    def __init__(self, *given: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*given, zone=clinic.zone, **more)
        self.people = {str(row.pk): row for row in queries.team(clinic)}
        self.fields["staff"].choices = [  # type: ignore[attr-defined]
            (key, f"{row.name} ({row.get_kind_display()})") for key, row in self.people.items()
        ]

    def clean_staff(self) -> Any:
        """Return the person."""
        return self.people[self.cleaned_data["staff"]]


class ShiftForm(forms.Form):
    """A kind of desk shift."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=8, help_text=gettext_lazy("Short: A, B."))
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=40)
    starts = time_field(gettext_lazy("from"), required=True)
    ends = time_field(gettext_lazy("to"), required=True)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """The end lies after the beginning."""
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end must be after the beginning."))
        return data

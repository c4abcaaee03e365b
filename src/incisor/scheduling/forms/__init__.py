"""What is typed when booking, moving, cancelling and blocking. Shape only; the gate decides what is allowed."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from incisor.clinics.models import Clinic, Procedure
from incisor.clinics.queries import procedures, procedures_among
from incisor.kernel.clock import GRID_MINUTES, moment
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import moment_of
from incisor.scheduling.enums import BookingChannel, CancelReason
from incisor.scheduling.forms.search import WhenFields
from incisor.scheduling.rules import MAX_MINUTES
from incisor.staff.queries import dentists

DESK_CHANNELS = [
    BookingChannel.PHONE,
    BookingChannel.DESK,
    BookingChannel.CHAIR,
    BookingChannel.WALK_IN,
    BookingChannel.ONLINE,
]


class Place(NamedTuple):
    """A slot as its button sends it."""

    dentist_id: uuid.UUID
    chair_id: uuid.UUID
    starts_at: datetime


def wall_time(text: str, clinic: Clinic) -> datetime | None:
    """Return the moment of a clinic's wall-clock time such as "2026-03-03T10:30", None when it is none."""
    try:
        wall = datetime.fromisoformat(text[:16])
    except ValueError:
        return None
    return moment(wall.date(), wall.time().replace(tzinfo=None), clinic.zone)


def day_from(text: str, today: date) -> date:
    """Return the day that an address names, today when it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


class SlotField(forms.CharField):
    """ "dentist_chair_minute", several joined by "+" for a family: what a slot's button sends. Cleans to a list."""

    def clean(self, value: Any) -> list[Place]:
        text = super().clean(value)
        return [self._place(part) for part in text.split("+")] if text else []

    @staticmethod
    def _place(text: str) -> Place:
        dentist_id, chair_id, minute = (*text.split("_"), "", "", "")[:3]
        dentist, chair = as_uuid(dentist_id), as_uuid(chair_id)
        if dentist is None or chair is None or not minute.isdecimal() or len(minute) > 9:
            raise forms.ValidationError(_("Choose one of the times."))
        return Place(dentist, chair, moment_of(int(minute)))


class TreatmentsField(forms.MultipleChoiceField):
    """Several selects of one name, cleaned to procedures. Those left empty do not count, and doubles count once.

    Only what was chosen is read: the list of all is long, and most requests do not show it.
    """

    def to_python(self, value: Any) -> list[Any]:
        keys = list(dict.fromkeys(one for one in super().to_python(value) if one))
        found = {str(row.pk): row for row in procedures_among(keys)}
        for key in keys:
            if key not in found:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": key}
                )
        return [found[key] for key in keys]

    def valid_value(self, _value: Any) -> bool:
        return True


class TreatmentForm(WhenFields):
    """What is to be done, how long, by whom, when. choices: of the clinic, loaded once."""

    procedures = TreatmentsField(label=_("Treatment"), required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=GRID_MINUTES,
        max_value=MAX_MINUTES,
        step_size=GRID_MINUTES,
        error_messages={
            "invalid": _("Enter the length in minutes, in steps of five."),
            "step_size": _("Enter the length in minutes, in steps of five."),
        },
    )
    dentist = forms.ChoiceField(label=_("Dentist"), required=False)
    code = forms.CharField(label=_("When"), required=False, max_length=60)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    need = forms.CharField(label=_("Reason for the visit"), required=False, max_length=200)
    note = forms.CharField(label=_("Note"), required=False, max_length=1000)

    def __init__(self, *args: Any, clinic: Clinic, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic, self.today = clinic, today
        self.all_dentists = dentists(clinic)
        fields: dict[str, Any] = self.fields
        fields["dentist"].choices = [("", _("Any dentist")), *((str(row.pk), row.name) for row in self.all_dentists)]
        fields["channel"].choices = [(channel.value, channel.label) for channel in DESK_CHANNELS]

    @cached_property
    def all_procedures(self) -> list[Procedure]:
        return procedures()

    def clean_dentist(self) -> Any:
        chosen = self.cleaned_data["dentist"]
        return next((row for row in self.all_dentists if str(row.pk) == chosen), None)

    def clean_channel(self) -> str:
        return self.cleaned_data["channel"] or BookingChannel.PHONE.value


class BookingForm(TreatmentForm):
    """A booking, ready to be made."""

    slot = SlotField(required=False)
    request_key = forms.CharField(required=False, max_length=64)
    overbook_reason = forms.CharField(label=_("Reason for booking anyway"), required=False, max_length=200)


class NewPatientForm(forms.Form):
    """A patient of whom only name and phone are known."""

    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Phone"), max_length=40)


class MoveForm(TreatmentForm):
    """Another time, dentist, chair or length for an appointment."""

    slot = SlotField(required=False)
    version = forms.IntegerField(required=False)
    overbook_reason = forms.CharField(label=_("Reason for booking anyway"), required=False, max_length=200)


class CancelForm(forms.Form):
    """Why an appointment is cancelled."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=CancelReason.choices, error_messages={"required": _("Choose a reason.")}
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    version = forms.IntegerField(required=False)


class EditForm(forms.Form):
    """What an appointment is for."""

    procedures = TreatmentsField(label=_("Treatment"), required=False)
    need = forms.CharField(label=_("Reason for the visit"), required=False, max_length=200)
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    slot = SlotField(required=False)
    overbook_reason = forms.CharField(label=_("Reason for booking anyway"), required=False, max_length=200)

    @cached_property
    def all_procedures(self) -> list[Procedure]:
        return procedures()

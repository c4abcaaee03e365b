"""Forms of readings and of the photo."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.patients.enums import ReadingKind, ReadingMoment
from incisor.patients.rules import glucose_of, pressure_of
from incisor.patients.rules.measures import Figures

_PRESSURE = re.compile(r"(\d{2,3})\s*[/／\-，,、\s]\s*(\d{2,3})")
_GLUCOSE = re.compile(r"\d{1,3}(?:[.。,，]\d)?")
FIGURES_WRONG = _("Type blood pressure as 128/82 and glucose as 6.1.")


class ReadingForm(forms.Form):
    """A reading in one field: 128/82 is a blood pressure, 6.1 a glucose."""

    figures = forms.CharField(
        label=_("Blood pressure or glucose"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "128/82", "inputmode": "text"}),
        error_messages={"required": FIGURES_WRONG},
    )
    moment = forms.ChoiceField(label=_("Glucose measured"), choices=[("", "—"), *ReadingMoment.choices], required=False)
    measured_at = forms.DateTimeField(
        label=_("Measured at"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    is_told = forms.BooleanField(label=_("The patient said so"), required=False)

    def clean(self) -> dict[str, Any]:
        """Tell from the figures what was measured."""
        given = super().clean() or {}
        text = given.get("figures", "").strip()
        pressure, glucose = _PRESSURE.fullmatch(text), _GLUCOSE.fullmatch(text)
        found: Figures | None = None
        if pressure:
            given["kind"] = ReadingKind.BLOOD_PRESSURE.value
            found = pressure_of(systolic=int(pressure[1]), diastolic=int(pressure[2]))
        elif glucose:
            given["kind"] = ReadingKind.GLUCOSE.value
            found = glucose_of(typed=float(re.sub(r"[。,，]", ".", text)))
        given["found"] = found
        if text and found is None:
            self.add_error("figures", FIGURES_WRONG)
        return given


class PhotoForm(forms.Form):
    """A photo of the patient."""

    photo = forms.FileField(
        label=_("Photo"),
        error_messages={
            "required": _("Choose or take a photo."),
            "empty": _("The file is empty. Take the photo again."),
        },
    )

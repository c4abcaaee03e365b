"""What is typed for series of visits. Shape only."""

from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.clinics.queries import procedures
from incisor.scheduling.forms import Place as SlotPlace
from incisor.scheduling.forms import SlotField, TreatmentForm
from incisor.scheduling.queries import MOST_STEPS

MISSING = "-"


class SeriesSlotField(SlotField):
    """Slots of a whole series, joined by "+"; a visit without a time is "-". Cleans to a list with None for those."""

    def clean(self, value: Any) -> list[SlotPlace | None]:  # type: ignore[override]
        text = forms.CharField.clean(self, value)
        return [None if part == MISSING else self._place(part) for part in text.split("+")] if text else []


class SeriesForm(TreatmentForm):
    """A series, ready to be booked."""

    series = forms.ChoiceField(label=_("Series"), required=False)
    slot = SeriesSlotField(required=False)
    request_key = forms.CharField(required=False, max_length=50)

    def __init__(self, *args: Any, templates: list[Any], today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.templates = {str(row.pk): row for row in templates}
        fields: dict[str, Any] = self.fields
        fields["series"].choices = [("", ""), *((key, row.name_zh) for key, row in self.templates.items())]

    def clean_series(self) -> Any:
        return self.templates.get(self.cleaned_data["series"])


class StepRow(NamedTuple):
    """A step as it is shown in its row."""

    number: int
    procedure: str
    minutes: Any
    min_days: Any
    ideal_days: Any
    max_days: Any


class SeriesTemplateForm(forms.Form):
    """The name and steps of a series: rows of equal names, those without a procedure do not count."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    is_same_dentist = forms.BooleanField(label=_("Always the same dentist"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, steps: list[StepRow] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_procedures = procedures()
        self._steps = steps or []

    def rows(self) -> list[StepRow]:
        """Return the rows as typed, or as they are, and empty ones to add."""
        rows = self._typed() if self.is_bound else self._steps
        empty = [StepRow(number, "", "", "", "", "") for number in range(len(rows), min(len(rows) + 2, MOST_STEPS))]
        return [*rows, *empty]

    def _typed(self) -> list[StepRow]:
        data: Any = self.data
        columns = [data.getlist(name) for name in ("procedure", "minutes", "min_days", "ideal_days", "max_days")]
        rows = zip(*(column + [""] * (MOST_STEPS - len(column)) for column in columns), strict=False)
        return [StepRow(number, *row) for number, row in enumerate(row for row in list(rows)[:MOST_STEPS] if row[0])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        known = {str(row.pk): row for row in self.all_procedures}
        steps = []
        for row in self._typed():
            figures = [str(one).strip() for one in (row.minutes, row.min_days, row.ideal_days, row.max_days)]
            is_right = row.procedure in known and all(
                (one.isdecimal() and int(one) <= 730) or (one == "" and index == 0) for index, one in enumerate(figures)
            )
            if not is_right:
                raise forms.ValidationError(
                    _("Visit %(number)s: choose a treatment and write whole days."), params={"number": row.number + 1}
                )
            minutes, least, ideal, most = figures
            if minutes and (int(minutes) % 5 or not 5 <= int(minutes) <= 480):
                raise forms.ValidationError(_("Enter the length in minutes, in steps of five."))
            steps.append((known[row.procedure], int(minutes) if minutes else None, int(least), int(ideal), int(most)))
        data["steps"] = steps
        return data

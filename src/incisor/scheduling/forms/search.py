"""When somebody wants to come, beyond the letters of the line: days, weekdays, hours, specialty. Shape only.

Kept apart from the forms that use it, so that booking, the search page and the waitlist ask in the same words.
"""

from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.clinics.enums import Specialty
from incisor.scheduling.rules import SPECIALTY_LETTERS, day_of_text, hours_of_text

LETTER_OF = {specialty.value: letter for letter, specialty in SPECIALTY_LETTERS.items()}


class WhenFields(forms.Form):
    """Days, weekdays, hours and specialty. today: the clinic's date, against which “12-3” and “下周三” are read."""

    first = forms.CharField(label=_("From day"), required=False, max_length=20)
    last = forms.CharField(label=_("Until day"), required=False, max_length=20)
    weekdays = forms.MultipleChoiceField(label=_("Weekdays"), required=False)
    hours = forms.CharField(label=pgettext_lazy("search", "Hours"), required=False, max_length=11)
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)

    today: date

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["weekdays"].choices = [(str(number), label) for number, label in WEEKDAYS_ABBR.items()]
        fields["specialty"].choices = [("", _("Any specialty")), *Specialty.choices]

    def _day(self, name: str) -> date | None:
        typed = self.cleaned_data[name]
        found = day_of_text(typed, today=self.today) if typed else None
        if typed and found is None:
            raise forms.ValidationError(_("Write a day such as 12-3, 下周三 or 2026-12-03."))
        return found

    def clean_first(self) -> date | None:
        return self._day("first")

    def clean_last(self) -> date | None:
        return self._day("last")

    def clean_hours(self) -> str:
        typed: str = self.cleaned_data["hours"].replace(" ", "").replace("：", ":").replace("–", "-")
        if typed and hours_of_text(typed) is None:
            raise forms.ValidationError(_("Write hours such as 16-18 or 9:30-11."))
        return typed

    def clean_weekdays(self) -> list[int]:
        return [int(one) for one in self.cleaned_data["weekdays"]]

    def line(self) -> str:
        """Return what was chosen as it would be typed into the line; what is wrong counts as not said."""
        data = getattr(self, "cleaned_data", {})
        first, last = data.get("first"), data.get("last")
        words = []
        if first or last:
            begin = first or min(self.today, last or self.today)
            words += [f"d{day.month}-{day.day}" for day in (begin, last or begin)]
        if data.get("weekdays"):
            words.append("z" + "".join(str(number + 1) for number in data["weekdays"]))
        if data.get("hours"):
            words.append("h" + data["hours"])
        if data.get("specialty"):
            words.append("p" + LETTER_OF[data["specialty"]])
        return " ".join(words)

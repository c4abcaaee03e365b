"""Forms for time: weekly hours with their breaks and first day, and a stretch from a day to a day."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import Any, Protocol

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.kernel.clock import moment
from incisor.kernel.editing import date_field, time_field

WORKWEEK = range(1, 5)  # Tuesday to Friday: what “as on Monday” fills


class Hours(Protocol):
    """Hours on a weekday."""

    weekday: int
    starts: time
    ends: time


class WeekForm(forms.Form):
    """Hours of each weekday; leaves `week` in cleaned_data: a list of (weekday, from, to)."""

    valid_from = date_field(gettext_lazy("Valid from"))

    def __init__(self, data: Any = None, *, week: Iterable[Hours] = (), valid_from: date | None = None) -> None:
        by_day: list[list[Hours]] = [[] for _day in range(7)]
        for row in week:
            by_day[row.weekday].append(row)
        self.stretches = max(2, *(len(rows) for rows in by_day))
        initial: dict[str, Any] = {"valid_from": valid_from}
        super().__init__(data, initial=initial)
        for day in range(7):
            for number in range(self.stretches):
                shown: Hours | None = by_day[day][number] if number < len(by_day[day]) else None
                for end, label in (("from", _("from")), ("to", _("to"))):
                    name = f"day{day}_{number}_{end}"
                    words = f"{WEEKDAYS[day]}, {number + 1}, {label}"
                    self.fields[name] = time_field(words)
                    self.fields[name].widget.attrs["aria-label"] = words
                    if shown is not None:
                        initial[name] = shown.starts if end == "from" else shown.ends

    def days(self) -> Iterator[dict[str, Any]]:
        """Yield each weekday: name, its pairs of fields, its errors."""
        for day in range(7):
            pairs = [(self[f"day{day}_{n}_from"], self[f"day{day}_{n}_to"]) for n in range(self.stretches)]
            yield {"name": WEEKDAYS[day], "pairs": pairs, "errors": self._errors_of(pairs)}

    @staticmethod
    def _errors_of(pairs: list[tuple[BoundField, BoundField]]) -> list[str]:
        return [str(error) for pair in pairs for field in pair for error in field.errors]

    def clean(self) -> dict[str, Any]:
        """Gather the week; say at the field what is missing, reversed or overlapping."""
        data = super().clean() or {}
        week: list[tuple[int, time, time]] = []
        for day in range(7):
            last: time | None = None
            for number in range(self.stretches):
                first, second = f"day{day}_{number}_from", f"day{day}_{number}_to"
                starts, ends = data.get(first), data.get(second)
                if first in self.errors or second in self.errors or (starts is None and ends is None):
                    continue
                if starts is None or ends is None:
                    self.add_error(first if starts is None else second, _("Enter both times, or neither."))
                elif ends <= starts:
                    self.add_error(second, _("The end must be after the beginning."))
                elif last is not None and starts < last:
                    self.add_error(first, _("Overlaps with the hours before."))
                else:
                    if starts.minute % 5 or (ends.minute % 5 and ends < time(23, 59)):
                        self.add_error(first, _("Use full five minutes: 09:00, 09:05 …"))
                    week.append((day, starts, ends))
                    last = ends
        data["week"] = week
        return data

    def like_monday(self) -> "WeekForm":
        """Return an unbound copy in which Tuesday to Friday have Monday's hours, whatever else was typed."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for day in WORKWEEK:
            for number in range(self.stretches):
                for end in ("from", "to"):
                    data[f"day{day}_{number}_{end}"] = data.get(f"day0_{number}_{end}", "")
        copy = type(self)()
        copy.stretches = self.stretches
        copy.fields = self.fields
        copy.initial = {name: data.get(name, "") for name in self.fields}
        return copy


def week_rows(week: Iterable[Hours]) -> list[dict[str, Any]]:
    """Return weekly hours for showing: each weekday with its stretches, empty when there are none."""
    by_day: list[list[Hours]] = [[] for _day in range(7)]
    for row in week:
        by_day[row.weekday].append(row)
    return [{"name": WEEKDAYS[day], "hours": rows} for day, rows in enumerate(by_day)]


class StretchForm(forms.Form):
    """From a day to a day by a clinic's clock; without times whole days. Leaves starts_at and ends_at in cleaned_data."""

    starts_on = date_field(gettext_lazy("First day"))
    starts_time = time_field(gettext_lazy("from"), help_text=gettext_lazy("Empty: from the beginning of the day."))
    ends_on = date_field(gettext_lazy("Last day"))
    ends_time = time_field(gettext_lazy("until"), help_text=gettext_lazy("Empty: until the end of the day."))

    def __init__(self, *given: Any, zone: str, **more: Any) -> None:
        super().__init__(*given, **more)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        """Turn days and times of the clinic's clock into moments."""
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and not {"starts_time", "ends_time"} & set(self.errors):
            ends = data.get("ends_time")
            data["starts_at"] = moment(first, data.get("starts_time") or time(0), self.zone)
            data["ends_at"] = moment(last if ends else last + timedelta(days=1), ends or time(0), self.zone)
            if data["ends_at"] <= data["starts_at"]:
                self.add_error("ends_on", _("The end must be after the beginning."))
        return data

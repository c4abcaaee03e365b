"""What is typed about blocks, daily limits, the clinic's figures for booking, and one appointment's own ways."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic
from incisor.clinics.queries import chairs, procedures
from incisor.clinics.rules import pattern_of, pattern_text
from incisor.kernel.clock import GRID_MINUTES, moment, zone
from incisor.kernel.editing import date_field, time_field
from incisor.scheduling.enums import BlockKind
from incisor.scheduling.models import Appointment, Block, BlockRule, DailyLimit
from incisor.scheduling.services import BlockWords, LimitWords
from incisor.staff.queries import dentists, people

EVERYBODY = "all"
MIDNIGHT = time(23, 59)


def kind_choices(used: Iterable[str] = ()) -> list[Any]:
    """Return what a block or limit may be about: specialties, then single procedures. used: of the past, kept."""
    is_chinese = (get_language() or "").startswith("zh")
    rows = procedures()
    single = [(f"procedure:{row.code}", row.name_zh if is_chinese else row.name_en) for row in rows]
    known = {key for key, _name in single} | {f"specialty:{value}" for value in Specialty.values}
    gone = [(key, key.partition(":")[2]) for key in used if key not in known]
    return [
        (_("Specialties"), [(f"specialty:{value}", label) for value, label in Specialty.choices]),
        (_("Single treatments"), [*single, *gone]),
    ]


class _BlockFields(forms.Form):
    """What a block is, whenever it stands."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=BlockKind.choices, initial=BlockKind.LUNCH)
    who = forms.ChoiceField(label=_("Dentist or chair"))
    reason = forms.CharField(
        label=_("Words on the calendar"), max_length=120, required=False, help_text=_("Empty: the name of the kind.")
    )
    only = forms.MultipleChoiceField(
        label=_("Kept for these treatments"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("For “Some treatments only”. Several with Ctrl."),
    )
    opens_minutes = forms.IntegerField(
        label=_("Opens for everybody (minutes before)"),
        required=False,
        min_value=0,
        max_value=10080,
        step_size=5,
        help_text=_("For a reserve. Until then only urgent cases may be booked into it."),
    )

    def __init__(self, *args: Any, clinic: Clinic, opens_minutes: int = 120, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.usual_opening = opens_minutes
        self.places: dict[str, Any] = {
            **{f"d{row.pk}": row for row in dentists(clinic)},
            **{f"c{row.pk}": row for row in chairs(clinic)},
        }
        fields: dict[str, Any] = self.fields
        fields["who"].choices = [
            (EVERYBODY, _("All dentists")),
            *((key, row.name) for key, row in self.places.items()),
        ]
        fields["only"].choices = kind_choices(self.initial.get("only") or ())
        fields["opens_minutes"].widget.attrs["placeholder"] = str(opens_minutes)

    def words(self) -> BlockWords:
        """Return what was typed, for the services."""
        data = self.cleaned_data
        place = self.places.get(data["who"])
        opens = data["opens_minutes"]
        return BlockWords(
            kind=data["kind"],
            reason=data["reason"],
            dentist=place if data["who"].startswith("d") else None,
            chair=place if data["who"].startswith("c") else None,
            only=tuple(data["only"]),
            opens_minutes=self.usual_opening if opens is None else opens,
        )


class BlockForm(_BlockFields):
    """A block of one day."""

    day = date_field(_("Day"))
    starts = time_field(_("From"), required=True)
    ends = time_field(_("Until"), required=True)

    field_order = ("kind", "who", "day", "starts", "ends", "reason", "only", "opens_minutes")

    def clean(self) -> dict[str, Any]:
        """Turn the wall-clock times into moments."""
        data = super().clean() or {}
        if {"day", "starts", "ends"} <= data.keys():
            if data["ends"] <= data["starts"]:
                self.add_error("ends", _("The block must end after it starts."))
                return data
            data["starts_at"] = moment(data["day"], data["starts"], self.clinic.zone)
            is_midnight = data["ends"] >= MIDNIGHT
            ends_on = data["day"] + timedelta(days=1) if is_midnight else data["day"]
            data["ends_at"] = moment(ends_on, time(0) if is_midnight else data["ends"], self.clinic.zone)
        return data


def initial_block(clinic: Clinic, starts_at: datetime, who: str) -> dict[str, Any]:
    """Return what the form of a new block begins with."""
    wall = starts_at.astimezone(zone(clinic.zone))
    ends: time = (wall + timedelta(hours=1)).time()
    kind = BlockKind.LUNCH if 11 <= wall.hour <= 13 else BlockKind.OTHER
    return {"who": who or EVERYBODY, "day": wall.date(), "starts": wall.time(), "ends": ends, "kind": kind}


def initial_of_block(clinic: Clinic, block: Block) -> dict[str, Any]:
    """Return a block as its form shows it."""
    starts, ends = (at.astimezone(zone(clinic.zone)) for at in (block.starts_at, block.ends_at))
    return {**_initial_words(block), "day": starts.date(), "starts": starts.time(), "ends": ends.time() or MIDNIGHT}


def _initial_words(row: Block | BlockRule) -> dict[str, Any]:
    who = f"d{row.dentist_id}" if row.dentist_id else f"c{row.chair_id}" if row.chair_id else EVERYBODY
    names = ("version", "kind", "reason", "only", "opens_minutes")
    return {"who": who, **{name: getattr(row, name) for name in names}}


class BlockRuleForm(_BlockFields):
    """A block of every week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=[(number, WEEKDAYS_ABBR[number]) for number in range(7)],
        widget=forms.CheckboxSelectMultiple,
    )
    starts = time_field(_("From"), required=True)
    ends = time_field(_("Until"), required=True)
    valid_from = date_field(_("First day"))
    valid_until = date_field(_("Last day"), required=False, help_text=_("Empty: until somebody ends it."))

    field_order = (
        "kind", "who", "weekdays", "starts", "ends", "valid_from", "valid_until", "reason", "only", "opens_minutes",
    )  # fmt: skip

    def times(self) -> dict[str, Any]:
        """Return when it stands, for the services."""
        return {name: self.cleaned_data[name] for name in ("weekdays", "starts", "ends", "valid_from", "valid_until")}


def initial_rule(today: date) -> dict[str, Any]:
    """Return what the form of a new weekly block begins with."""
    return {
        "who": EVERYBODY,
        "kind": BlockKind.LUNCH,
        "weekdays": [0, 1, 2, 3, 4],
        "starts": time(12),
        "ends": time(13),
        "valid_from": today,
    }


def initial_of_rule(rule: BlockRule) -> dict[str, Any]:
    """Return a weekly block as its form shows it."""
    names = ("weekdays", "starts", "ends", "valid_from", "valid_until")
    return {**_initial_words(rule), **{name: getattr(rule, name) for name in names}}


def weekday_words(weekdays: Iterable[int]) -> str:
    """Return the names of weekdays, as on a list."""
    return " ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(weekdays)) or str(WEEKDAYS[0])


class LimitForm(forms.Form):
    """How many treatments of some kinds a day takes at most."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("What a refusal says, such as “implants”."))
    kinds = forms.MultipleChoiceField(
        label=_("What counts"), widget=forms.SelectMultiple(attrs={"size": 8}), help_text=_("Several with Ctrl.")
    )
    most = forms.IntegerField(label=_("At most a day"), min_value=1, max_value=200)
    who = forms.ChoiceField(label=_("Counted"))

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(row.pk): row for row in dentists(clinic)}
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = kind_choices(self.initial.get("kinds") or ())
        fields["who"].choices = [
            (EVERYBODY, _("Over the whole clinic")),
            ("each", _("For each dentist")),
            *((key, row.name) for key, row in self.people.items()),
        ]

    def words(self) -> LimitWords:
        """Return what was typed, for the services."""
        data = self.cleaned_data
        return LimitWords(
            name=data["name"],
            most=data["most"],
            kinds=data["kinds"],
            dentist=self.people.get(data["who"]),
            is_each_dentist=data["who"] == "each",
        )


def initial_of_limit(limit: DailyLimit) -> dict[str, Any]:
    """Return a daily limit as its form shows it."""
    who = str(limit.dentist_id) if limit.dentist_id else "each" if limit.is_each_dentist else EVERYBODY
    return {"who": who, **{name: getattr(limit, name) for name in ("version", "name", "kinds", "most")}}


class BookingRulesForm(forms.Form):
    """The clinic's figures for booking."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    hold_minutes = forms.IntegerField(
        label=_("A picked time is kept (minutes)"),
        min_value=1,
        max_value=60,
        help_text=_("While a form is open, nobody else can take it. Afterwards it is free by itself."),
    )
    reserve_opens_minutes = forms.IntegerField(
        label=_("A reserve opens for everybody (minutes before)"),
        min_value=0,
        max_value=10080,
        step_size=GRID_MINUTES,
        help_text=_("What a new reserve for emergencies begins with. Urgent cases may use it at any time."),
    )


class PatternForm(forms.Form):
    """When the dentist's own hands are needed in one appointment, and who assists."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    busy = forms.CharField(
        label=_("The dentist is needed (minutes)"),
        required=False,
        max_length=100,
        help_text=_("Such as “0-10, 20-50”. Empty: all the time."),
    )
    assistant = forms.ChoiceField(label=_("Assistant"), required=False)
    overbook_reason = forms.CharField(
        label=_("Reason for booking anyway"), required=False, max_length=200, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, clinic: Clinic, minutes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes = minutes
        self.helpers = {str(row.pk): row for row in people(clinic, kind="nurse")}
        fields: dict[str, Any] = self.fields
        fields["assistant"].choices = [("", _("none")), *((key, row.name) for key, row in self.helpers.items())]
        fields["busy"].widget.attrs |= {"data-pattern": "", "data-pattern-length": str(minutes)}

    def clean_busy(self) -> list[list[int]]:
        """Return the pattern as pairs."""
        pattern = pattern_of(self.cleaned_data["busy"], minutes=self.minutes)
        if pattern is None:
            raise forms.ValidationError(
                _("Write pairs of minutes in steps of five, in order, such as “0-10, 20-50”, at most %(minutes)s."),
                params={"minutes": self.minutes},
            )
        return pattern

    def clean_assistant(self) -> Any:
        """Return who assists, None for nobody."""
        return self.helpers.get(self.cleaned_data["assistant"])


def initial_of_pattern(appointment: Appointment) -> dict[str, Any]:
    """Return an appointment's own ways as their form shows them."""
    return {
        "version": appointment.version,
        "busy": pattern_text(appointment.busy),
        "assistant": str(appointment.assistant_id or ""),
    }


class KeepForm(forms.Form):
    """Why an appointment that no longer fits is kept."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

"""What is chosen at the chair, and the words of a sheet."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incisor.clinics.enums import AftercareKey
from incisor.clinics.models import Procedure
from incisor.clinics.queries import procedures
from incisor.reception.enums import HelpKind, LeaveReason, Matter
from incisor.reception.rules.sheets import LONGEST_BODY, LONGEST_TITLE
from incisor.visits.enums import VisitStage
from incisor.visits.rules.notes import LONGEST_NEXT_DAYS

UNITS = [("1", _("days")), ("7", _("weeks")), ("30", _("months"))]
NO_FURTHER = "none"


class StageForm(forms.Form):
    """How far the treatment is, or in how many minutes it ends."""

    stage = forms.ChoiceField(choices=[("", ""), *VisitStage.choices], required=False)
    minutes = forms.IntegerField(min_value=0, max_value=240, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("stage") and given.get("minutes") is None:
            raise forms.ValidationError(_("Choose a stage from the list."))
        return given


class DelayForm(forms.Form):
    """Running late: more minutes, or none at all."""

    more = forms.IntegerField(min_value=-240, max_value=240, required=False)


class HelpForm(forms.Form):
    """What is needed, and where."""

    kind = forms.ChoiceField(choices=HelpKind.choices)
    chair = forms.UUIDField(required=False)
    visit = forms.UUIDField(required=False)
    note = forms.CharField(max_length=120, required=False)


def _procedure_choices() -> list[tuple[str, Any]]:
    is_chinese = (get_language() or "").startswith("zh")
    rows: list[Procedure] = procedures()
    named = [(str(row.pk), (row.short_zh or row.name_zh) if is_chinese else row.name_en) for row in rows]
    return [("", "—"), (NO_FURTHER, _("No further visit")), *named]


class ChairSheetForm(forms.Form):
    """The next visit that is wanted, the sheets to take home, a word to the desk."""

    next = forms.ChoiceField(label=_("Next visit for"), required=False)
    count = forms.IntegerField(label=_("in"), required=False, min_value=1, max_value=LONGEST_NEXT_DAYS)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False, initial="1")
    next_note = forms.CharField(label=_("Note on the next visit"), max_length=200, required=False)
    sheets = forms.MultipleChoiceField(label=_("Aftercare sheets"), choices=AftercareKey.choices, required=False)
    own_words = forms.CharField(
        label=_("For this patient alone"),
        max_length=LONGEST_BODY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    desk_note = forms.CharField(label=_("Note to the desk"), max_length=200, required=False)
    seen = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["next"].choices = _procedure_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        count, unit = given.get("count"), int(given.get("unit") or 1)
        if count and count * unit > LONGEST_NEXT_DAYS:
            self.add_error("count", _("The next visit must be 1 day to 3 years ahead."))
        return given

    def wanted(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        if given["next"] == NO_FURTHER:
            return {"is_none": True}
        chosen = next((row for row in procedures() if str(row.pk) == given["next"]), None)
        days = given["count"] * int(given["unit"] or 1) if given["count"] else None
        return {"procedure": chosen, "after_days": days, "note": given["next_note"]}


class LeaveOpenForm(forms.Form):
    """Why something stays open."""

    matter = forms.ChoiceField(choices=Matter.choices)
    reason = forms.ChoiceField(choices=LeaveReason.choices)
    words = forms.CharField(max_length=200, required=False)


class SheetWordsForm(forms.Form):
    """The words of an aftercare sheet in one language."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("One line each. “# ” begins a heading, “- ” a point."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

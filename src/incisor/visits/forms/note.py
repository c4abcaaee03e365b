"""What is typed at the chair."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.clinics.models import Procedure
from incisor.clinics.queries import procedures
from incisor.visits.enums import ToothState
from incisor.visits.models import VisitNote
from incisor.visits.rules.notes import LONGEST_NEXT_DAYS

UNITS = [("1", _("days")), ("7", _("weeks")), ("30", _("months"))]
MOST_CODES = 8


def _text(label: Any, rows: int) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


class NoteForm(forms.Form):
    """The note of a visit."""

    complaint = _text(_("Complaint"), 2)
    findings = _text(_("Findings"), 3)
    diagnosis = _text(_("Diagnosis"), 2)
    treatment = _text(_("Treatment"), 3)
    advice = _text(_("Advice"), 2)
    next_procedure = forms.ChoiceField(label=_("Next visit for"), required=False)
    next_count = forms.IntegerField(label=_("in"), required=False, min_value=1, max_value=LONGEST_NEXT_DAYS)
    next_unit = forms.ChoiceField(label=_("unit"), choices=UNITS, required=False)
    next_note = forms.CharField(label=_("Word to the desk about it"), max_length=200, required=False)

    def __init__(self, *args: Any, note: VisitNote | None, name: Any, first_complaint: str = "", **more: Any) -> None:
        initial: dict[str, Any] = {"complaint": first_complaint, "next_unit": "7"}
        if note is not None:
            initial = {field: getattr(note, field) for field in ("complaint", "findings", "diagnosis", "treatment")}
            initial |= {"advice": note.advice, "next_note": note.next_note}
            initial["next_procedure"] = str(note.next_procedure_id or "")
            initial |= _count_of(note.next_after_days)
        more["initial"] = initial
        super().__init__(*args, **more)
        self.procedures: dict[str, Procedure] = {str(row.pk): row for row in procedures()}
        self.fields["next_procedure"].choices = [  # type: ignore[attr-defined]
            ("", _("none planned")),
            *((key, name(row)) for key, row in self.procedures.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a next visit further away than three years."""
        given = super().clean() or self.cleaned_data
        days = self._days(given)
        if days is not None and days > LONGEST_NEXT_DAYS:
            self.add_error("next_count", _("The next visit must be 1 day to 3 years ahead."))
        return given

    @staticmethod
    def _days(given: dict[str, Any]) -> int | None:
        count = given.get("next_count")
        return count * int(given.get("next_unit") or "7") if count else None

    def values(self, codes: list[str]) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            # one kind of line end, so that a text that nobody changed is the same text
            **{
                field: given[field].replace("\r\n", "\n").strip()
                for field in ("complaint", "findings", "diagnosis", "treatment", "advice")
            },
            "diagnosis_codes": codes[:MOST_CODES],
            "next_procedure": self.procedures.get(given["next_procedure"]),
            "next_after_days": self._days(given),
            "next_note": given["next_note"].strip(),
        }


def _count_of(days: int | None) -> dict[str, Any]:
    """Return days as people say them: 180 is 6 months, 14 is 2 weeks."""
    if not days:
        return {"next_unit": "7"}
    unit = next(unit for unit in (30, 7, 1) if days % unit == 0)
    return {"next_count": days // unit, "next_unit": str(unit)}


class TeethForm(forms.Form):
    """A finding on the chosen teeth; without a state, everything recorded today is taken off them."""

    teeth = forms.CharField(max_length=200, required=False)
    state = forms.ChoiceField(choices=[("", ""), *ToothState.choices], required=False)
    surfaces = forms.MultipleChoiceField(choices=[(letter, letter) for letter in "MODBL"], required=False)
    text = forms.CharField(max_length=120, required=False)


class TreatmentForm(forms.Form):
    """A procedure done."""

    procedure = forms.UUIDField(required=False)
    teeth = forms.CharField(max_length=200, required=False)
    quantity = forms.IntegerField(required=False, min_value=1, max_value=99)
    note = forms.CharField(max_length=200, required=False)


class AddendumForm(forms.Form):
    """What is added after signing."""

    text = _text(_("Addendum"), 3)

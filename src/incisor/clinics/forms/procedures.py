"""Procedures."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.clinics import queries
from incisor.clinics.enums import AftercareKey, ChairNeed, FollowUpKey, Specialty
from incisor.clinics.models import Procedure
from incisor.clinics.rules import equipment_words, pattern_of, pattern_text
from incisor.clinics.services import ProcedureWords

# Letters that the booking line uses itself: next week, evening … (clinics/data/__init__.py)
RESERVED_LETTERS = frozenset("nwef")


def _key_choices(known: Any, used: list[str]) -> list[tuple[str, Any]]:
    labels = dict(known.choices)
    return [*known.choices, *((key, key) for key in used if key not in labels)]


def initial_of_procedure(procedure: Procedure) -> dict[str, Any]:
    """Return a procedure as its form shows it."""
    initial = {name: getattr(procedure, name) for name in ProcedureForm.base_fields}
    return {
        **initial,
        "busy": pattern_text(procedure.busy),
        "equipment_needs": ", ".join(procedure.equipment_needs),
    }


class ProcedureForm(forms.Form):
    """A procedure."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.RegexField(
        r"^[A-Za-z0-9_.-]{1,20}$",
        label=gettext_lazy("Code"),
        max_length=20,
        error_messages={"invalid": gettext_lazy("Letters, digits, dot, hyphen and underscore only, at most 20.")},
    )
    letter = forms.RegexField(
        r"^[a-z]$",
        label=gettext_lazy("Letter on the booking line"),
        max_length=1,
        required=False,
        help_text=gettext_lazy("One letter that chooses this procedure while booking. Not n, w, e, f."),
        error_messages={"invalid": gettext_lazy("One small letter from a to z.")},
    )
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=60)
    short_zh = forms.CharField(
        label=gettext_lazy("Short Chinese name"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("For the calendar, where room is scarce."),
    )
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=80)
    specialty = forms.ChoiceField(label=gettext_lazy("Specialty"), choices=Specialty.choices)
    duration_minutes = forms.IntegerField(
        label=gettext_lazy("Length (minutes)"),
        min_value=5,
        max_value=480,
        step_size=5,
        error_messages={"step_size": gettext_lazy("The length must be a multiple of 5 minutes.")},
    )
    busy = forms.CharField(
        label=gettext_lazy("The dentist is needed (minutes)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"data-pattern": "", "data-pattern-length": "#id_duration_minutes"}),
        help_text=gettext_lazy(
            "Such as “0-10, 20-50”: in between the dentist may be at another chair. Empty: all the time."
        ),
    )
    buffer_before_minutes = forms.IntegerField(
        label=gettext_lazy("Buffer before (minutes)"),
        min_value=0,
        max_value=60,
        step_size=5,
        required=False,
        initial=0,
        help_text=gettext_lazy("The chair is prepared before the patient sits down."),
        error_messages={"step_size": gettext_lazy("The buffer must be a multiple of 5 minutes.")},
    )
    buffer_after_minutes = forms.IntegerField(
        label=gettext_lazy("Buffer afterwards (minutes)"),
        min_value=0,
        max_value=60,
        step_size=5,
        initial=0,
        help_text=gettext_lazy("Chair and dentist stay blocked: cleaning, writing up."),
        error_messages={"step_size": gettext_lazy("The buffer must be a multiple of 5 minutes.")},
    )
    chair_needs = forms.MultipleChoiceField(
        label=gettext_lazy("The chair must be fit for"),
        choices=ChairNeed.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    equipment_needs = forms.CharField(
        label=gettext_lazy("Needs this equipment"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Words as they stand in the equipment of the chair, separated by commas: laser, CBCT."),
    )
    follow_up_key = forms.ChoiceField(label=gettext_lazy("Follow-up as after"))
    aftercare_key = forms.ChoiceField(label=gettext_lazy("Sheet to take home"), required=False)
    is_per_tooth = forms.BooleanField(
        label=gettext_lazy("Charged per tooth"), required=False, help_text=gettext_lazy("Asks for tooth numbers.")
    )
    is_high_risk = forms.BooleanField(
        label=gettext_lazy("High risk"),
        required=False,
        help_text=gettext_lazy("Asks to look at medical background and consent before it begins."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, initial=True, help_text=gettext_lazy("Can be booked.")
    )

    def __init__(self, *given: Any, procedure: Procedure | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        self.procedure = procedure
        follow_ups, sheets = queries.procedure_keys()
        self.fields["follow_up_key"].choices = _key_choices(FollowUpKey, follow_ups)  # type: ignore[attr-defined]
        self.fields["aftercare_key"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *_key_choices(AftercareKey, sheets),
        ]

    def clean_letter(self) -> str:
        """Return the letter. Reserved ones and those of other procedures are refused."""
        letter: str = self.cleaned_data["letter"]
        if letter in RESERVED_LETTERS:
            raise forms.ValidationError(_("n, w, e and f have a meaning on the booking line already."))
        holder = queries.procedure_with_letter(letter) if letter else None
        if holder is not None and (self.procedure is None or holder.pk != self.procedure.pk):
            raise forms.ValidationError(_("This letter belongs to “%(name)s”.") % {"name": holder.name_zh})
        return letter

    def clean_buffer_before_minutes(self) -> int:
        """Return the buffer, none when nothing was typed."""
        return self.cleaned_data["buffer_before_minutes"] or 0

    def clean_equipment_needs(self) -> list[str]:
        """Return each piece of equipment once."""
        return equipment_words(self.cleaned_data["equipment_needs"])

    def clean(self) -> dict[str, Any]:
        """Read the time pattern, which must fit into the length."""
        data = super().clean() or {}
        minutes = data.get("duration_minutes")
        if minutes and "busy" in data:
            pattern = pattern_of(data["busy"], minutes=minutes)
            if pattern is None:
                words = _(
                    "Write pairs of minutes in steps of five, in order, such as “0-10, 20-50”, at most %(minutes)s."
                )
                self.add_error("busy", words % {"minutes": minutes})
            data["busy"] = pattern or []
        return data

    def words(self) -> ProcedureWords:
        """Return what was typed, for the services."""
        return ProcedureWords(**{name: value for name, value in self.cleaned_data.items() if name != "version"})

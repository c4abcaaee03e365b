"""Signs and questions of triage as the clinic edits them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic
from incisor.reception import queries
from incisor.reception.models import TriageRule
from incisor.reception.rules.guide import END
from incisor.visits.enums import Urgency

ANSWERS = 9


class SignForm(forms.Form):
    """A sign: what the patient says, how urgent, what the desk does."""

    label_zh = forms.CharField(max_length=60, label=_("What the patient says, Chinese"))
    label_en = forms.CharField(max_length=80, required=False, label=_("What the patient says, English"))
    advice_zh = forms.CharField(max_length=200, required=False, label=_("What the desk does, Chinese"))
    advice_en = forms.CharField(max_length=300, required=False, label=_("What the desk does, English"))
    level = forms.ChoiceField(choices=Urgency.choices, label=_("Urgency"))
    specialty = forms.ChoiceField(choices=Specialty.choices, label=_("Specialty"))
    opens_reserve = forms.BooleanField(required=False, label=_("May take the time that is kept for emergencies"))
    digit = forms.TypedChoiceField(
        choices=[("", _("no digit")), *((str(one), str(one)) for one in range(1, 10))],
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Digit in the walk-in's panel"),
    )
    is_active = forms.BooleanField(required=False, label=pgettext_lazy("sign", "In use"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, row: TriageRule | None, **more: Any) -> None:
        first = {"level": Urgency.ROUTINE, "specialty": Specialty.GENERAL, "is_active": True, "version": 0}
        if row is not None:
            first = {name: getattr(row, name) for name in self.base_fields}
        more["initial"] = first
        super().__init__(*args, **more)

    def clean_label_en(self) -> str:
        """Return the English words, the Chinese ones where nobody wrote any."""
        return self.cleaned_data["label_en"] or self.cleaned_data.get("label_zh", "")


class QuestionForm(forms.Form):
    """A question of the guided triage with up to nine answers: words, the sign it means, where it leads."""

    position = forms.IntegerField(min_value=1, max_value=990, label=_("Place in the order"))
    text_zh = forms.CharField(max_length=120, label=_("Question, Chinese"))
    text_en = forms.CharField(max_length=160, required=False, label=_("Question, English"))
    is_active = forms.BooleanField(required=False, label=pgettext_lazy("question", "In use"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, row: queries.QuestionRow | None, clinic: Clinic, **more: Any) -> None:
        rows = queries.question_rows(clinic)
        first: dict[str, Any] = {
            "position": (max((one.position for one in rows), default=0) + 10),
            "is_active": True,
            "version": 0,
        }
        if row is not None:
            first = {
                "position": row.position, "text_zh": row.zh, "text_en": row.en, "is_active": row.is_active,
                "version": row.version,
            }  # fmt: skip
            for number, answer in enumerate(row.answers[:ANSWERS]):
                first |= {f"{name}_{number}": answer[name] for name in ("zh", "en", "sign", "then")}
        more["initial"] = first
        super().__init__(*args, **more)
        signs = [("", _("no sign")), *((sign.key, sign.label) for sign in queries.signs(clinic))]
        thens: list[tuple[str, Any]] = [("", _("to the next question")), (END, _("to the end"))]
        thens += [(one.key, f"→ {one.zh[:20]}") for one in rows if row is None or one.key != row.key]
        for number in range(ANSWERS):
            n = number + 1
            self.fields[f"zh_{number}"] = forms.CharField(
                max_length=40, required=False, label=_("Answer %(n)s, Chinese") % {"n": n}
            )
            self.fields[f"en_{number}"] = forms.CharField(
                max_length=60, required=False, label=_("Answer %(n)s, English") % {"n": n}
            )
            self.fields[f"sign_{number}"] = forms.ChoiceField(
                choices=signs, required=False, label=_("Answer %(n)s means") % {"n": n}
            )
            self.fields[f"then_{number}"] = forms.ChoiceField(
                choices=thens, required=False, label=_("Answer %(n)s leads") % {"n": n}
            )

    def chosen(self) -> dict[str, Any]:
        """Return what the service takes; an answer without words is none."""
        given = self.cleaned_data
        answers = [
            {
                "zh": given[f"zh_{number}"],
                "en": given[f"en_{number}"] or given[f"zh_{number}"],
                "sign": given[f"sign_{number}"],
                "then": given[f"then_{number}"],
            }
            for number in range(ANSWERS)
            if given[f"zh_{number}"]
        ]
        names = ("position", "text_zh", "text_en", "is_active", "version")
        return {name: given[name] for name in names} | {"answers": answers}

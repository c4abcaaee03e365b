"""What is typed about drugs, pictures and papers, the health check, and who reads what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.visits.enums import AttachmentKind, CheckAnswer, CheckWay, DrugFrequency, DrugRoute, RecordField
from incisor.visits.rules.drugs import Drug
from incisor.visits.rules.health_check import Question


class DrugForm(forms.Form):
    """One drug of a prescription."""

    drug = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Drug"), max_length=80, error_messages={"required": _("Type or choose the drug.")})
    strength = forms.CharField(label=_("Strength"), required=False, max_length=60)
    dose = forms.CharField(
        label=_("Each time"),
        max_length=60,
        error_messages={"required": _("Write how much is taken at a time, 0.5 g or 1 tablet.")},
    )
    route = forms.ChoiceField(label=_("How it is taken"), choices=DrugRoute.choices)
    frequency = forms.ChoiceField(label=_("How often"), choices=DrugFrequency.choices, initial=DrugFrequency.THRICE)
    days = forms.IntegerField(label=_("Days"), required=False, min_value=1, max_value=90)
    amount = forms.CharField(label=_("Amount"), required=False, max_length=40)
    note = forms.CharField(label=_("Word to the patient"), required=False, max_length=200)
    reason = forms.CharField(label=_("Why in spite of it"), required=False, max_length=200)

    @classmethod
    def of(cls, drug: Drug, language: str) -> "DrugForm":
        """Return the form filled in as the drug is usually prescribed."""
        words = {name: drug.word(name, language) for name in ("name", "strength", "dose", "amount")}
        words["note"] = drug.word("advice", language)
        given = {"drug": drug.key, "route": drug.route, "frequency": drug.frequency, "days": drug.days, **words}
        return cls(initial=given)


class AttachmentForm(forms.Form):
    """What a picture or paper is."""

    kind = forms.ChoiceField(choices=AttachmentKind.choices, required=False)
    title = forms.CharField(required=False, max_length=80)
    teeth = forms.CharField(required=False, max_length=200)


class HealthCheckForm(forms.Form):
    """The answers of the health check; which questions there are depends on the patient."""

    way = forms.ChoiceField(label=_("Asked"), choices=CheckWay.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In the patient's own words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, asked: list[Question], words: dict[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.asked = asked
        for question in asked:
            self.fields[f"q_{question.key}"] = forms.ChoiceField(
                label=words[question.key], choices=CheckAnswer.choices, required=False, widget=forms.RadioSelect
            )

    def questions(self) -> list[Any]:
        """Return the fields of the questions, in the order in which they are asked."""
        return [self[f"q_{question.key}"] for question in self.asked]

    def answers(self) -> dict[str, str]:
        """Return what was answered, by the key of the question."""
        return {question.key: self.cleaned_data.get(f"q_{question.key}", "") for question in self.asked}


class FieldsForm(forms.Form):
    """Which parts of a record a role reads."""

    fields_read = forms.MultipleChoiceField(choices=RecordField.choices, required=False)
    version = forms.IntegerField(min_value=0)

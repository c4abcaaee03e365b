"""Forms of the family."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.patients.enums import Relation, Sex
from incisor.patients.forms.files import birth_field, text_field


class FamilyForm(forms.Form):
    """A relative, chosen from the clinic's files."""

    relative = forms.UUIDField(error_messages={"required": _("Choose a person from the list.")})
    relation = forms.ChoiceField(label=_("Is the patient's"), choices=Relation.choices)


class RelativeForm(forms.Form):
    """A relative without a file: name and relation are enough, the phone is the patient's when none is typed."""

    relation = forms.ChoiceField(label=_("Is the patient's"), choices=Relation.choices, initial=Relation.CHILD)
    name = text_field("name", length=60, required=True)
    born_on = birth_field()
    sex = forms.ChoiceField(
        label=_("Sex"), choices=Sex.choices, required=False, initial=Sex.UNKNOWN, widget=forms.RadioSelect
    )
    phone = text_field("phone", length=40, inputmode="tel")
    id_number = text_field("id_number", length=30)
    request_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    name.error_messages["required"] = _("Type the name.")  # type: ignore[index]
    phone.help_text = _("Leave it empty to use this patient's phone.")

    def clean_sex(self) -> str:
        return self.cleaned_data["sex"] or Sex.UNKNOWN.value

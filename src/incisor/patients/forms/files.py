"""Forms of patients: what was typed, its shape and range. What is allowed is decided by the services."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.patients.enums import (
    FIELD_LABELS,
    SEALED_FIELDS,
    AlertKind,
    ContactChannel,
    Language,
    PaperKind,
    Sex,
    Source,
    SpecialNeed,
)
from incisor.patients.models import Patient
from incisor.patients.rules import mask_address, mask_email, mask_id, mask_phone

DATE_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
MASKS = {"phone": mask_phone, "email": mask_email, "address": mask_address}
QUIET = {"autocomplete": "off", "spellcheck": "false"}


def text_field(field: str, *, length: int, required: bool = False, rows: int = 0, **attrs: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={**QUIET, **attrs})
    return forms.CharField(label=FIELD_LABELS[field], max_length=length, required=required, widget=widget)


def birth_field() -> forms.DateField:
    return forms.DateField(
        label=FIELD_LABELS["born_on"],
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={**QUIET, "inputmode": "numeric", "placeholder": "19900517"}),
        error_messages={"invalid": _("Type the birth date as 8 digits, 19900517, or as 1990-05-17.")},
    )


def _choice(field: str, choices: Any, *, empty: Any = None) -> forms.ChoiceField:
    every = [("", empty), *choices] if empty is not None else choices
    return forms.ChoiceField(label=FIELD_LABELS[field], choices=every, required=False)


class RegisterForm(forms.Form):
    """A new patient: name and phone are enough."""

    name = text_field("name", length=60, required=True)
    phone = text_field("phone", length=40, required=True, inputmode="tel")
    sex = forms.ChoiceField(label=FIELD_LABELS["sex"], choices=Sex.choices, required=False, widget=forms.RadioSelect)
    born_on = birth_field()
    id_number = text_field("id_number", length=30)
    phone_owner = text_field("phone_owner", length=40)
    source = _choice("source", Source.choices, empty=_("Not asked yet"))
    note = text_field("note", length=2000, rows=2)
    request_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    name.error_messages["required"] = _("Type the patient's name.")  # type: ignore[index]
    phone.error_messages["required"] = _("A phone number is needed to reach the patient. For a child, take a parent's.")  # type: ignore[index]

    def clean_sex(self) -> str:
        return self.cleaned_data["sex"] or Sex.UNKNOWN.value


class LookAlikeForm(forms.Form):
    """What is typed so far in the register form; nothing is required and nothing is refused."""

    name = forms.CharField(required=False, max_length=60)
    phone = forms.CharField(required=False, max_length=40)
    born_on = forms.DateField(required=False, input_formats=DATE_FORMATS)
    id_number = forms.CharField(required=False, max_length=30)

    def typed(self) -> dict[str, Any]:
        """Return the fields that can be compared already."""
        self.is_valid()
        given = self.cleaned_data
        born_on: date | None = given.get("born_on")
        return {
            "name": given.get("name", ""),
            "phone": given.get("phone", ""),
            "id_number": given.get("id_number", "").strip().upper(),
            "born_on": born_on,
        }


class SectionForm(forms.Form):
    """A part of a file that is edited in place. version: the one that was seen."""

    title: Any = ""
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, patient: Patient, plain: bool, **kwargs: Any) -> None:
        """plain: the person sees sealed fields in whole; otherwise they are masked and kept unless typed anew."""
        self.patient = patient
        self.masked = {} if plain else {field: _masked(field, getattr(patient, field)) for field in SEALED_FIELDS}
        shown = {name: getattr(patient, name, None) for name in self.base_fields if name != "version"}
        shown["version"] = patient.version
        shown.update({field: text for field, text in self.masked.items() if field in shown})
        if "tags" in shown:
            shown["tags"] = "，".join(patient.tags)
        super().__init__(*args, initial=shown, **kwargs)  # type: ignore[misc]
        first = next(name for name in self.fields if name != "version")
        self.fields[first].widget.attrs["autofocus"] = True

    def changes(self) -> dict[str, Any]:
        """Return the fields to change; a sealed one that still shows its mask is left alone."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for field, mask in self.masked.items():
            if mask and given.get(field) == mask:
                del given[field]
        if "tags" in given:
            given["tags"] = given["tags"].replace("，", ",").replace("、", ",").split(",")
        return given


def _masked(field: str, value: str) -> str:
    return MASKS.get(field, mask_id)(value) if value else ""


class IdentityForm(SectionForm):
    """Who it is."""

    title = _("Person")
    name = text_field("name", length=60, required=True)
    pinyin = text_field("pinyin", length=120)
    sex = forms.ChoiceField(label=FIELD_LABELS["sex"], choices=Sex.choices, widget=forms.RadioSelect)
    born_on = birth_field()
    id_number = text_field("id_number", length=30)
    id_kind = _choice("id_kind", PaperKind.choices, empty=_("By the number"))
    occupation = text_field("occupation", length=40)


class ContactForm(SectionForm):
    """How to reach the patient."""

    title = _("Contact")
    phone = text_field("phone", length=40, inputmode="tel")
    phone_owner = text_field("phone_owner", length=40)
    email = text_field("email", length=200)
    address = text_field("address", length=200)
    contact_channel = forms.ChoiceField(label=FIELD_LABELS["contact_channel"], choices=ContactChannel.choices)
    contact_time = text_field("contact_time", length=60)
    language = forms.ChoiceField(label=FIELD_LABELS["language"], choices=Language.choices)


class CareForm(SectionForm):
    """What the desk prepares for, and notes."""

    title = _("Needs and notes")
    special_needs = forms.MultipleChoiceField(
        label=FIELD_LABELS["special_needs"],
        choices=SpecialNeed.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags = text_field("tags", length=300)
    note = text_field("note", length=2000, rows=3)

    tags.help_text = _("Free words, parted by commas: VIP, student …")


class OriginForm(SectionForm):
    """Where the patient came from, cards and insurance."""

    title = _("Origin and cards")
    source = _choice("source", Source.choices, empty=_("Not asked yet"))
    source_detail = text_field("source_detail", length=80)
    insurance_number = text_field("insurance_number", length=40)
    card_number = text_field("card_number", length=30)


def field_form(field: str) -> type[SectionForm]:
    """Return the form of one field, for editing it where it stands."""
    section = next(form for form in SECTIONS.values() if field in form.base_fields)
    return type("FieldForm", (SectionForm,), {field: section.base_fields[field]})


SECTIONS: dict[str, type[SectionForm]] = {
    "identity": IdentityForm,
    "contact": ContactForm,
    "care": CareForm,
    "origin": OriginForm,
}


class AlertForm(forms.Form):
    """An allergy, illness, medication or warning."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=AlertKind.choices)
    code = forms.CharField(required=False, max_length=40)
    text = forms.CharField(label=_("In the patient's own words"), required=False, max_length=200)


class UploadForm(forms.Form):
    """A file to import."""

    kind = forms.ChoiceField(label=_("What is in the file?"))
    file = forms.FileField(
        label=_("Excel or CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty. Choose the file that holds the table."),
        },
        help_text=_(
            "One row for each person, headings in the first row. .xlsx, or .csv in UTF-8 or GBK; at most 20 MB."
        ),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

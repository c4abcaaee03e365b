"""What is typed on the pages about forms."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.clinics.models import Procedure
from incisor.forms.enums import WITH_OPTIONS, FieldKind, Occasion, Only, Purpose, Signer, Source
from incisor.forms.models import FormDesign
from incisor.forms.rules import Field
from incisor.forms.rules.content import LONGEST_LABEL, LONGEST_TEXT, SOURCES_OF
from incisor.forms.rules.designing import lines_of_options, options_from_lines


class NewDesignForm(forms.Form):
    """A new form."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=80)
    title_en = forms.CharField(label=_("Title in English"), max_length=120)
    purpose = forms.ChoiceField(label=_("What it is for"), choices=Purpose.choices)
    copy_of = forms.ChoiceField(label=_("Begin with the words of"), required=False)

    def __init__(self, *args: Any, designs: Iterable[FormDesign], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.title(language)) for one in designs]
        self.fields["copy_of"].choices = [("", _("an empty form")), *choices]  # type: ignore[attr-defined]


class TitleForm(forms.Form):
    """Titles of a draft."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=80)
    title_en = forms.CharField(label=_("Title in English"), max_length=120)


class UseForm(forms.Form):
    """What a form is for."""

    purpose = forms.ChoiceField(label=_("What it is for"), choices=Purpose.choices)
    valid_months = forms.IntegerField(
        label=_("A signed copy holds for (months)"),
        min_value=0,
        max_value=240,
        help_text=_("0: for good. For consents: after this time it is signed again before the procedure."),
    )
    procedures = forms.MultipleChoiceField(
        label=_("Signed before these procedures"), required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, procedures: Iterable[Procedure], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_chinese = language.startswith("zh")
        self.fields["procedures"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.name_zh if is_chinese else one.name_en}{' ⚠' if one.is_high_risk else ''}")
            for one in procedures
        ]

    def clean_procedures(self) -> list[uuid.UUID]:
        """Return keys."""
        return [uuid.UUID(one) for one in self.cleaned_data["procedures"]]


class SectionForm(forms.Form):
    """Headings of a section."""

    title_zh = forms.CharField(label=_("Heading in Chinese"), max_length=LONGEST_LABEL, required=False)
    title_en = forms.CharField(label=_("Heading in English"), max_length=LONGEST_LABEL, required=False)


class FieldForm(forms.Form):
    """One field of a form; only what its kind has a use for is asked."""

    label_zh = forms.CharField(label=_("Text in Chinese"), max_length=LONGEST_TEXT, required=False)
    label_en = forms.CharField(label=_("Text in English"), max_length=LONGEST_TEXT, required=False)
    options = forms.CharField(
        label=_("Choices, one a line: 中文 | English"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    help_zh = forms.CharField(label=_("Help in Chinese"), max_length=LONGEST_LABEL, required=False)
    help_en = forms.CharField(label=_("Help in English"), max_length=LONGEST_LABEL, required=False)
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)
    asks_detail = forms.BooleanField(label=_("“Yes” asks which or what"), required=False)
    unit_zh = forms.CharField(label=_("Unit in Chinese"), max_length=20, required=False)
    unit_en = forms.CharField(label=_("Unit in English"), max_length=20, required=False)
    minimum = forms.IntegerField(label=_("Smallest value"), required=False)
    maximum = forms.IntegerField(label=_("Largest value"), required=False)
    signer = forms.ChoiceField(label=_("Who signs"), choices=Signer.choices, required=False)
    only = forms.ChoiceField(label=_("Shown to"), choices=Only.choices, required=False)
    source = forms.ChoiceField(
        label=_("Stands in the file as"),
        required=False,
        help_text=_("Filled in from the file; an answer that differs is offered to the file after signing."),
    )

    def __init__(self, *args: Any, field: Field, **kwargs: Any) -> None:
        initial = {**field, "options": lines_of_options(field["options"])}
        super().__init__(*args, initial=initial, **kwargs)  # type: ignore[misc]
        self.field, kind = field, field["kind"]
        unused = set()
        if kind not in WITH_OPTIONS:
            unused.add("options")
        if kind != FieldKind.YES_NO:
            unused.add("asks_detail")
        if kind != FieldKind.NUMBER:
            unused |= {"unit_zh", "unit_en", "minimum", "maximum"}
        if kind != FieldKind.SIGNATURE:
            unused.add("signer")
        if kind == FieldKind.NOTE:
            unused |= {"is_required", "help_zh", "help_en"}
        sources = SOURCES_OF.get(kind, frozenset())
        if not sources:
            unused.add("source")
        for name in unused:
            del self.fields[name]
        if sources:
            choices = [one for one in Source.choices if not one[0] or one[0] in sources]
            self.fields["source"].choices = choices  # type: ignore[attr-defined]
        if kind in (FieldKind.NOTE, FieldKind.CONSENT):
            for name in ("label_zh", "label_en"):
                self.fields[name].widget = forms.Textarea(attrs={"rows": 6})
        self.fields["label_zh"].widget.attrs["data-autofocus"] = ""

    def clean_options(self) -> list[dict[str, str]]:
        """Return choices; one that stood there keeps its key, so that answers of a draft still fit."""
        return options_from_lines(self.cleaned_data["options"], before=self.field["options"])


class RuleForm(forms.Form):
    """When a form is asked for."""

    design = forms.ChoiceField(label=_("Form"))
    occasion = forms.ChoiceField(label=pgettext_lazy("rule of a form", "When"), choices=Occasion.choices)
    months = forms.IntegerField(label=_("Every … months"), required=False, min_value=1, max_value=120)
    from_age = forms.IntegerField(label=_("From age"), required=False, min_value=0, max_value=120)
    to_age = forms.IntegerField(label=_("Up to age"), required=False, min_value=0, max_value=120)
    only = forms.ChoiceField(
        label=pgettext_lazy("rule of a form", "For"),
        required=False,
        choices=[one for one in Only.choices if one[0] in ("", "female", "male")],
    )

    def __init__(self, *args: Any, designs: Iterable[FormDesign], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["design"].choices = [(str(one.pk), one.title(language)) for one in designs]  # type: ignore[attr-defined]

    def clean_months(self) -> int:
        """Return 0 for none."""
        return self.cleaned_data["months"] or 0


class PolicyForm(forms.Form):
    """The clinic's figures."""

    guardian_below_age = forms.IntegerField(
        label=_("A guardian signs for patients below (years)"), min_value=0, max_value=21
    )
    link_hours = forms.IntegerField(label=_("A link opens the forms for (hours)"), min_value=1, max_value=720)
    tablet_minutes = forms.IntegerField(label=_("The tablet stays open for (minutes)"), min_value=5, max_value=480)
    version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why a signed form holds no longer."""

    said_by = forms.CharField(label=_("Who withdraws it"), max_length=60)
    reason = forms.CharField(
        label=_("Why, and how it was said"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class HandOutForm(forms.Form):
    """Which forms somebody is given."""

    design = forms.MultipleChoiceField(required=False)
    procedure = forms.UUIDField(required=False)
    is_sent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, designs: Iterable[FormDesign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["design"].choices = [(str(one.pk), one.title_zh) for one in designs]  # type: ignore[attr-defined]


class CopyCheckForm(forms.Form):
    """A PDF that somebody brings."""

    file = forms.FileField(label=_("Compare a PDF"))

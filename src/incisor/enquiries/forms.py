"""What is typed about calls, enquiries and answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.enquiries.enums import AnswerKind, LeadStage, LostReason, Matter, Situation
from incisor.kernel.editing import date_field
from incisor.patients.enums import Source


class NoteForm(forms.Form):
    """A note in one line; the rest need not be touched."""

    note_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    line = forms.CharField(
        label=_("What does the caller want?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-enter-sends": "", "data-autofocus": ""}),
        help_text=_("Then @ and who by when: @fang tomorrow 10:00. Without @ it is only written down. Enter saves."),
    )
    matter = forms.ChoiceField(label=_("Matter"), choices=Matter.choices, initial=Matter.OTHER, required=False)
    caller_name = forms.CharField(label=_("Caller"), max_length=60, required=False)
    number = forms.CharField(label=pgettext_lazy("call", "Number"), max_length=40, required=False)

    def clean_matter(self) -> str:
        return self.cleaned_data["matter"] or Matter.OTHER


class SettleForm(forms.Form):
    """How a matter was settled."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.CharField(
        label=_("What came of it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-enter-sends": ""}),
    )


class HandOnForm(forms.Form):
    """Who is to go on with a note."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    line = forms.CharField(
        label=_("To whom, by when"),
        max_length=300,
        help_text=_("For example: @fang tomorrow 10:00. Words before the @ go with it."),
    )


class HandCallForm(forms.Form):
    """A call that no telephone system reported."""

    number = forms.CharField(
        label=_("Number of the caller"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "data-autofocus": ""}),
    )


class LeadForm(forms.Form):
    """Somebody's interest."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    number = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    wanted = forms.CharField(label=_("What is wanted"), max_length=200)
    source = forms.ChoiceField(label=_("How they found us"), choices=Source.choices, initial=Source.PHONE)
    source_detail = forms.CharField(label=_("Which advertisement, platform, friend"), max_length=80, required=False)
    consultant = forms.ChoiceField(label=_("Consultant"), required=False)
    next_on = date_field(_("Contact again on"), required=False)

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consultant"].choices = [("", _("Me")), *((str(one.pk), one.name) for one in people)]  # type: ignore[attr-defined]


class LeadMoveForm(forms.Form):
    """A contact with somebody interested."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label=_("Stage"), choices=LeadStage.choices)
    text = forms.CharField(
        label=_("What was said"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_on = date_field(_("Contact again on"), required=False)
    lost_reason = forms.ChoiceField(
        label=_("Why it is given up"), choices=[("", "—"), *LostReason.choices], required=False
    )


class AnswerForm(forms.Form):
    """An answer or a script."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=AnswerKind.choices)
    situation = forms.ChoiceField(label=_("Situation"), choices=Situation.choices)
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=120)
    title_en = forms.CharField(label=_("Title (English)"), max_length=160)
    text_zh = forms.CharField(label=_("Text (Chinese)"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    text_en = forms.CharField(label=_("Text (English)"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    words = forms.CharField(
        label=_("Further search words"),
        max_length=200,
        required=False,
        help_text=_("Other words for it, pinyin initials: zjm zhijieya price."),
    )

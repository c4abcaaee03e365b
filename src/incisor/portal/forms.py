"""What is typed in the portal."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.scheduling.enums import CancelReason
from incisor.scheduling.rules import appointment_of_code


class DigitsForm(forms.Form):
    """The last four digits of the number that the message came to."""

    digits = forms.RegexField(
        r"^\d{4}$",
        label=_("Last four digits of your phone number"),
        error_messages={"invalid": _("Four digits, please."), "required": _("Four digits, please.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4", "autofocus": True, "size": "4"}
        ),
    )

    def wrong(self) -> None:
        """Say that the digits are not the right ones."""
        self.add_error("digits", _("These are not the last four digits of the number that the message came to."))


class CancelForm(forms.Form):
    """Why the patient cancels."""

    reason = forms.ChoiceField(widget=forms.RadioSelect, label=_("May we ask why?"))
    note = forms.CharField(
        required=False,
        max_length=200,
        label=_("Anything else for us?"),
        widget=forms.TextInput(attrs={"maxlength": "200"}),
    )

    def __init__(self, *given: Any, reasons: Iterable[CancelReason], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["reason"].choices = [(one.value, WORDS.get(one, one.label)) for one in reasons]  # type: ignore[attr-defined]


WORDS = {
    CancelReason.ILL: _("I am ill"),
    CancelReason.NO_TIME: _("I have no time"),
    CancelReason.TREATED_ELSEWHERE: _("I was treated elsewhere"),
    CancelReason.PRICE: _("It costs too much"),
    CancelReason.FEAR: _("I am afraid of it"),
    CancelReason.OTHER: _("Another reason"),
}


class CallForm(forms.Form):
    """When it suits the patient to be called, in own words."""

    note = forms.CharField(
        required=False,
        max_length=200,
        label=_("When would suit you?"),
        widget=forms.TextInput(attrs={"maxlength": "200"}),
    )


class KioskForm(forms.Form):
    """Name and last four digits; or the code of the confirmation, which a scanner types."""

    name = forms.CharField(
        required=False,
        max_length=60,
        label=_("Your name"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "maxlength": "60"}
        ),
    )
    digits = forms.CharField(
        required=False,
        max_length=60,
        label=_("Last four digits of your phone number"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "60"}),
    )

    def clean(self) -> dict[str, Any]:
        """Take a code from whichever field the scanner typed it into; else both fields are needed."""
        given = super().clean() or {}
        name, digits = given.get("name", "").strip(), given.get("digits", "").strip()
        code = next((one for one in (name, digits) if appointment_of_code(one)), "")
        if not code and not name:
            self.add_error("name", _("Please type your whole name."))
        if not code and not (digits.isdigit() and len(digits) == 4):
            self.add_error("digits", _("Four digits, please."))
        return {**given, "name": name, "digits": digits, "code": code}

"""What is typed in the portal."""

from django import forms
from django.utils.translation import gettext_lazy as _


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

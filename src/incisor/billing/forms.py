"""What is typed about money."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.billing.rules.amounts import MOST_OF_ONE
from incisor.billing.rules.tenders import LETTERS
from incisor.clinics.models import Procedure
from incisor.clinics.queries import procedures
from incisor.kernel.money import NotAnAmount, plain, to_minor


class AmountField(forms.CharField):
    """An amount in yuan as people type it; cleaned to fen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "data-money": ""})

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            minor = to_minor(typed)
        except NotAnAmount as wrong:
            raise ValidationError(str(wrong)) from wrong
        if minor < 0:
            raise ValidationError(_("This cannot be negative."))
        return minor


class ItemForm(forms.Form):
    """A further item: from the price list, or anything else with its price."""

    procedure = forms.ChoiceField(label=_("From the price list"), required=False)
    text = forms.CharField(label=_("Something else"), max_length=120, required=False)
    unit_minor = AmountField(label=_("Price of one"), required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_OF_ONE, initial=1)

    def __init__(self, *args: Any, is_chinese: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = {str(one.pk): one for one in procedures()}
        names = [(key, one.name_zh if is_chinese else one.name_en) for key, one in self.offered.items()]
        self.fields["procedure"].choices = [("", "—"), *names]  # type: ignore[attr-defined]

    def clean_procedure(self) -> Procedure | None:
        return self.offered.get(self.cleaned_data["procedure"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("procedure") and not self.errors:
            if not values.get("text"):
                self.add_error("procedure", _("Choose an item, or write what it is."))
            elif values.get("unit_minor") is None:
                self.add_error("unit_minor", _("Say what one of it costs."))
        return values


class LineForm(forms.Form):
    """Quantity, and the price where the list has none."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_OF_ONE)
    unit_minor = AmountField(label=_("Price of one"), required=False)


class DiscountForm(forms.Form):
    """A discount with its reason."""

    discount = forms.CharField(label=_("Discount"), max_length=20, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=120, required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=120)


class PaymentForm(forms.Form):
    """The payment line. way: the letter of the button that was pressed (not “method”: that would hide the form's own)."""

    line = forms.CharField(max_length=80, required=False)
    way = forms.CharField(max_length=1, required=False)
    request_key = forms.CharField(max_length=64)
    due_minor = forms.IntegerField(min_value=0)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["line"] = f"{values.get('line', '')} {values.pop('way', '')}".strip()
        return values


class DepositForm(forms.Form):
    """How much is paid ahead. way: the letter of the button that was pressed."""

    amount_minor = AmountField(label=pgettext_lazy("money", "Deposit"))
    way = forms.ChoiceField(choices=[(letter, letter) for letter in LETTERS])
    request_key = forms.CharField(max_length=64)

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "amount_minor": given["amount_minor"],
            "method": LETTERS[given["way"]],
            "request_key": given["request_key"],
        }


class PriceForm(forms.Form):
    """A price from a day on."""

    amount_minor = AmountField(label=_("New price"))
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def day_or(text: str | None, today: date) -> date:
    """Return the day of an address, today when it says none or nonsense."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return today

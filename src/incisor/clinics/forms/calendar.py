"""Public holidays."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.clinics.enums import HolidayKind
from incisor.kernel.editing import date_field


class HolidayForm(forms.Form):
    """A public holiday or make-up workday."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    day = date_field(_("Day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=HolidayKind.choices, widget=forms.RadioSelect)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        required=False,
        help_text=_("The notice that announced it, for example 国办发明电〔2025〕7号."),
    )

    def clean_name_en(self) -> str:
        """Return the English name, the Chinese one where there is none."""
        return self.cleaned_data["name_en"] or self.cleaned_data.get("name_zh", "")


class HolidayPasteForm(forms.Form):
    """Lines pasted from the official notice."""

    text = forms.CharField(
        label=_("Lines"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "2027-01-01 元旦 休\n2027-01-03 元旦调休上班 班"}),
        help_text=_("One day a line: day, name, 休 (off) or 班 (worked). Separated by spaces, tabs or commas."),
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False)

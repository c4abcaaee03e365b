"""What is typed on the page of keys."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.accounts.models import Role
from incisor.api.enums import Scope
from incisor.api.rules import LIMITS

MOST_DAYS = 731


class TokenForm(forms.Form):
    """A new key. Read first, write only where it is needed: nothing is chosen to begin with but reading."""

    name = forms.CharField(
        label=gettext_lazy("Which program is it for"),
        max_length=50,
        help_text=gettext_lazy("This name stands in the audit record for all that the program does."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    clinic = forms.ChoiceField(label=gettext_lazy("Clinic"))
    role = forms.ChoiceField(
        label=gettext_lazy("Acts with the role"),
        help_text=gettext_lazy("The key may do what both the role and the rights below allow."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Works until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The last day; two years at most. Make a new key before it ends."),
    )
    limit = forms.TypedChoiceField(
        label=gettext_lazy("Requests a minute"), coerce=int, choices=[(one, str(one)) for one in LIMITS]
    )

    def __init__(self, *given: Any, roles: list[Role], clinics: list[Any], today: date, **more: Any) -> None:
        super().__init__(*given, **more)
        self.today = today
        self.roles = {str(role.pk): role for role in roles}
        self.clinics = {str(clinic.pk): clinic for clinic in clinics}
        self.fields["role"].choices = [(key, str(role)) for key, role in self.roles.items()]  # type: ignore[attr-defined]
        self.fields["clinic"].choices = [(key, str(one)) for key, one in self.clinics.items()]  # type: ignore[attr-defined]

    def clean_role(self) -> Role:
        return self.roles[self.cleaned_data["role"]]

    def clean_clinic(self) -> Any:
        return self.clinics[self.cleaned_data["clinic"]]

    def clean_expires_on(self) -> date:
        chosen: date = self.cleaned_data["expires_on"]
        if not 0 <= (chosen - self.today).days <= MOST_DAYS:
            raise forms.ValidationError(_("Choose a day from today up to two years from now."))
        return chosen

"""What is typed on the pages of accounts."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.accounts.models import Role, User
from incisor.audit.hooks import labels
from incisor.kernel.fields import as_uuid

PASSWORD_LENGTH = 10
EVERYWHERE = "everywhere"
_SHORTEST = MinimumLengthValidator(PASSWORD_LENGTH)
_COMMON = CommonPasswordValidator()
_SIMILAR = UserAttributeSimilarityValidator(user_attributes=("username", "name"))


def check_new_password(password: str, user: User) -> None:
    """Raise ValidationError, in the reader's language, for a password that is too easy to guess."""
    for validator, message in (
        (_SHORTEST, _("Too short: at least %(count)d characters. A short sentence is easy to remember.")),
        (_COMMON, _("Too many people use this password; it would be guessed at once.")),
        (_SIMILAR, _("Too much like your name; it would be guessed at once.")),
    ):
        try:
            validator.validate(password, user)
        except ValidationError as problem:
            raise ValidationError(message % {"count": PASSWORD_LENGTH}) from problem


class SignInForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class UnlockForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class PasswordForm(forms.Form):
    """The present password and the new one, twice. Raises nothing about the present one: the view checks it."""

    present = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("At least 10 characters. A short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *given: Any, user: User, **more: Any) -> None:
        super().__init__(*given, **more)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        check_new_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two new passwords differ. Type the same one twice."))
        if cleaned.get("password") and cleaned["password"] == cleaned.get("present"):
            self.add_error("password", _("This is the present password. Choose another one."))
        return cleaned


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


class UserForm(forms.Form):
    """A person's account, as others see it."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label=gettext_lazy("User name"),
        max_length=40,
        help_text=gettext_lazy("For signing in: letters, digits and . @ + - _ without spaces."),
        error_messages={"invalid": gettext_lazy("Only letters, digits and . @ + - _ please, without spaces.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class GrantForm(forms.Form):
    """A role, and where it holds: in one of the clinics, the one at hand to begin with, or everywhere."""

    role = forms.ChoiceField(label=gettext_lazy("Which role"))
    clinic = forms.ChoiceField(label=gettext_lazy("Where"))

    def __init__(self, *given: Any, roles: list[Role], clinics: list[Any], **more: Any) -> None:
        super().__init__(*given, **more)
        self.roles = {str(role.pk): role for role in roles}
        self.fields["role"].choices = [(key, str(role)) for key, role in self.roles.items()]  # type: ignore[attr-defined]
        self.fields["clinic"].choices = [  # type: ignore[attr-defined]
            *((str(clinic.pk), str(clinic)) for clinic in clinics),
            (EVERYWHERE, _("everywhere")),
        ]

    def clean_role(self) -> Role:
        return self.roles[self.cleaned_data["role"]]

    def clean_clinic(self) -> Any:
        chosen = self.cleaned_data["clinic"]
        return None if chosen == EVERYWHERE else as_uuid(chosen)


class NewUserForm(GrantForm, UserForm):
    """A new account with its first role."""


class RoleForm(forms.Form):
    """The names of a role; for a new one, the role that it begins like."""

    name_zh = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=40, required=False)


class NewRoleForm(RoleForm):
    like = forms.ChoiceField(label=gettext_lazy("May do the same as"), required=False)

    def __init__(self, *given: Any, roles: list[Role], **more: Any) -> None:
        super().__init__(*given, **more)
        self.roles = {str(role.pk): role for role in roles}
        self.fields["like"].choices = [("", _("nothing yet")), *((key, str(role)) for key, role in self.roles.items())]  # type: ignore[attr-defined]

    def clean_like(self) -> Role | None:
        return self.roles.get(self.cleaned_data["like"])


class TrailForm(forms.Form):
    """What is looked for in the record."""

    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    person = forms.CharField(label=gettext_lazy("By whom"), required=False, max_length=60)
    patient = forms.CharField(label=gettext_lazy("Patient's file number"), required=False, max_length=30)
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("Looks and changes")),
            ("look", gettext_lazy("Only looks")),
            ("change", gettext_lazy("Only changes")),
        ],
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        known = sorted((str(label), key) for key, label in labels.items())
        self.fields["what"].choices = [("", _("anything")), *((key, label) for label, key in known)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("This day lies before the first one."))
        return cleaned

"""People who sign in, what their roles allow, where they are signed in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import get_language

from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.ids import uuid7
from incisor.kernel.models import Row


class User(AbstractBaseUser):
    """A person's account, or the system's own (is_system: jobs and reactions act under it and nobody signs in).

    is_machine: another program acts under it by a key of its own (api); nobody signs in with it either.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    is_machine = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    is_second_factor_waived = models.BooleanField(default=False)  # heeded in a demo installation only
    created_at = models.DateTimeField()

    objects = BaseUserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Visitor:
    """Whoever is not signed in."""

    pk = None
    name = username = language = ""
    is_authenticated = is_active = is_system = False

    def __str__(self) -> str:
        return ""


class Role(Row):
    """A named set of permissions; the shipped ones have a key, an organisation adds its own."""

    key = models.CharField(max_length=30, blank=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    permissions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en or self.name_zh

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~models.Q(key=""), name="role_key_is_unique"),
        ]


class Grant(Row):
    """A person's role in one clinic, or with clinic_id empty in all of them (head office, administrator)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    clinic_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "clinic_id"], name="grant_is_unique"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(clinic_id=None), name="grant_everywhere_is_unique"
            ),
        ]


class SecondFactor(Row):
    """A TOTP device. last_step: the time step of the last code taken, so that no code works twice."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="second_factor")
    secret = EncryptedTextField()
    is_confirmed = models.BooleanField(default=False)
    last_step = models.BigIntegerField(default=0)
    recovery_hashes = models.JSONField(default=list)
    created_at = models.DateTimeField()


class SignIn(Row):
    """One place where a person is signed in; its id lies in the session. An ended one is refused at its next request.

    is_code_due: the password was right, the second factor has not been shown yet. locked_at: the screen is locked.
    seen_at: the last request by hand, to the minute.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    origin = models.CharField(max_length=80, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_code_due = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="sign_in_by_user")]


class FailedSignIn(Row):
    """One failure to sign in, counted per name and per origin to lock out whoever guesses.

    name_index: keyed hash of the name typed, for people type passwords into the wrong field.
    """

    name_index = models.CharField(max_length=40)
    origin = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_index", "-at"], name="failed_sign_in_by_name"),
            models.Index(fields=["origin", "-at"], name="failed_sign_in_by_origin"),
        ]

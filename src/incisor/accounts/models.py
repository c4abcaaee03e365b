"""People who sign in, what their roles allow, where they are signed in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.ids import uuid7
from incisor.kernel.models import Row


class User(AbstractBaseUser):
    """A person's account, or the system's own (is_system: jobs and reactions act under it and nobody signs in)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = BaseUserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(Row):
    """A named set of permissions; the shipped ones have a key, an organisation adds its own."""

    key = models.CharField(max_length=30, blank=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    permissions = models.JSONField(default=list)

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
    """One place where a person is signed in, shown in the list of sessions; ended by hand, by idling or by signing out."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    session_key_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=80, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["session_key_hash"], name="sign_in_by_session"),
            models.Index(fields=["user", "-seen_at"], name="sign_in_by_user"),
        ]


class FailedSignIn(Row):
    """One failure to sign in. Counted per name and per origin to lock out whoever guesses."""

    username = models.CharField(max_length=40)
    origin = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["username", "-at"], name="failed_sign_in_by_name"),
            models.Index(fields=["origin", "-at"], name="failed_sign_in_by_origin"),
        ]

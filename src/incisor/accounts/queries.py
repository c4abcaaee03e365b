"""Reading accounts."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from incisor.accounts.access import permissions_of
from incisor.accounts.enums import NEEDS_SECOND_FACTOR
from incisor.accounts.models import FailedSignIn, Grant, SecondFactor, SignIn, User
from incisor.accounts.rules import MEMORY
from incisor.kernel.fields import as_uuid
from incisor.kernel.models import Installation

NEWEST_FAILURES = 300


def system_user() -> User:
    """Return the account under which jobs and reactions act. Made by `incisor init`."""
    return User.objects.get(is_system=True)


def user_named(username: str) -> User | None:
    """Return the person's account of that name, None when there is none."""
    return User.objects.filter(username=username.strip().lower(), is_system=False).first()


def failures_of(name_index: str, *, at: datetime, but: uuid.UUID) -> list[datetime]:
    """Return when the name failed to sign in lately, in order, without the attempt `but`."""
    return _times(FailedSignIn.objects.filter(name_index=name_index), at, but)


def failures_from(origin: str, *, at: datetime, but: uuid.UUID) -> list[datetime]:
    """Return when anybody failed to sign in from there lately, in order, without the attempt `but`."""
    return _times(FailedSignIn.objects.filter(origin=origin), at, but)


def _times(found: Iterable[FailedSignIn], at: datetime, but: uuid.UUID) -> list[datetime]:
    times = found.filter(at__gt=at - MEMORY).exclude(pk=but).order_by("-at")  # type: ignore[attr-defined]
    return sorted(times.values_list("at", flat=True)[:NEWEST_FAILURES])


def user_with_password(username: str, password: str) -> User | None:
    """Return the account that this name and password open, None when they open none. Takes as long either way."""
    user = user_named(username)
    if user is None:
        User().set_password(password)  # as slow as a check: names cannot be told apart by time
        return None
    return user if user.check_password(password) and user.is_active else None


def open_sign_in(sign_in_id: object) -> SignIn | None:
    """Return the session of that id with its user, None when it was ended, or its user's account closed."""
    key = as_uuid(sign_in_id)
    if key is None:
        return None
    found = SignIn.objects.filter(pk=key, ended_at=None, user__is_active=True, user__is_system=False)
    return found.select_related("user").first()


def sessions_of(user: User, *, since: datetime) -> list[SignIn]:
    """Return where the person is signed in, newest first. since: sessions not seen after it have run out."""
    return list(SignIn.objects.filter(user=user, ended_at=None, began_at__gt=since).order_by("-seen_at", "pk"))


def second_factor_of(user: User) -> SecondFactor | None:
    """Return the person's second factor, confirmed or about to be."""
    return SecondFactor.objects.filter(user=user).first()


def has_second_factor(user: User) -> bool:
    """Tell whether the person shows a code when signing in."""
    return SecondFactor.objects.filter(user=user, is_confirmed=True).exists()


def must_have_second_factor(user: User) -> bool:
    """Tell whether the person's roles demand a second factor, in any clinic."""
    if NEEDS_SECOND_FACTOR & permissions_of(user, None):
        return True
    granted = Grant.objects.filter(user=user).values_list("role__permissions", flat=True)
    return any(NEEDS_SECOND_FACTOR & set(permissions) for permissions in granted)


def is_demo() -> bool:
    """Tell whether this is the demo installation."""
    return Installation.objects.filter(is_demo=True).exists()


def is_second_factor_waived(user: User) -> bool:
    """Tell whether this account may do without: only the demo's administrator, only in the demo."""
    return user.is_second_factor_waived and is_demo()


def roles_held(user: User) -> list[Grant]:
    """Return the person's roles and where they hold."""
    return list(Grant.objects.filter(user=user).select_related("role").order_by("role__key", "role__name_en", "pk"))

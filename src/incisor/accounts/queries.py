"""Reading accounts."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from incisor.accounts.access import permissions_of, remember_grants
from incisor.accounts.enums import NEEDS_SECOND_FACTOR, RoleKey
from incisor.accounts.models import FailedSignIn, Grant, Role, SecondFactor, SignIn, User
from incisor.accounts.rules import MEMORY
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.jobs import Job, jobs
from incisor.kernel.models import Installation, JobRun

NEWEST_FAILURES = 300


def system_user() -> User:
    """Return the account under which jobs and reactions act. Made by `incisor init`."""
    found = _system()
    if not found:
        raise User.DoesNotExist
    return found[0]  # type: ignore[no-any-return]


@prepared
def _system() -> QuerySet[User]:
    return User.objects.filter(is_system=True)


def _people() -> QuerySet[User]:
    """Accounts with which people sign in."""
    return User.objects.filter(is_system=False, is_machine=False)


def user_named(username: str) -> User | None:
    """Return the person's account of that name, None when there is none."""
    return _people().filter(username=username.strip().lower()).first()


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
    """Return the session of that id with its user and the user's grants, None when it was ended or the account closed."""
    key = as_uuid(sign_in_id)
    rows = _open_sign_in(key) if key else []
    if not rows:
        return None
    here: SignIn = rows[0]
    remember_grants(here.user, [(row.granted_where, row.granted) for row in rows if row.granted is not None])
    return here


@prepared
def _open_sign_in(key: uuid.UUID) -> QuerySet[SignIn]:
    # one row for each of the user's roles, in one read: every request begins with it
    found = SignIn.objects.filter(pk=key, ended_at=None, user__is_active=True, user__is_system=False)
    found = found.filter(user__is_machine=False)
    roles = {"granted_where": F("user__grants__clinic_id"), "granted": F("user__grants__role__permissions")}
    return found.select_related("user").annotate(**roles)


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


def accounts(text: str = "", *, is_active: bool = True) -> list[User]:
    """Return people's accounts by name with their roles (`held`) and whether they have a second factor (`has_factor`)."""
    found = _people().filter(is_active=is_active)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(username__icontains=text))
    factor = SecondFactor.objects.filter(user=OuterRef("pk"), is_confirmed=True)
    held = Prefetch("grants", Grant.objects.select_related("role").order_by("role__name_en", "pk"), to_attr="held")
    return list(found.annotate(has_factor=Exists(factor)).prefetch_related(held).order_by("name", "pk"))


def account(user_id: Any) -> User:
    """Return a person's account. Raises NotFound."""
    found = _people().filter(pk=user_id).first()
    if found is None:
        raise NotFound()
    return found


def names_of_users(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of those accounts."""
    return dict(User.objects.filter(pk__in=list(user_ids)).values_list("pk", "name"))


def names_of_roles(role_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of those roles in the reader's language."""
    return {role.pk: str(role) for role in Role.objects.filter(pk__in=list(role_ids))}


def roles() -> list[Role]:
    """Return all roles with `holder_count`: the shipped ones in their order, then the organisation's own."""
    order = {key.value: number for number, key in enumerate(RoleKey)}
    found = Role.objects.annotate(holder_count=Count("grants__user", distinct=True))
    return sorted(found, key=lambda role: (order.get(role.key, len(order)), role.name_zh, role.pk))


def role(role_id: Any) -> Role:
    """Return a role. Raises NotFound."""
    found = Role.objects.filter(pk=role_id).annotate(holder_count=Count("grants__user", distinct=True)).first()
    if found is None:
        raise NotFound()
    return found


def users_meant(text: str) -> list[uuid.UUID]:
    """Return the accounts whose name or user name holds the text, closed ones too."""
    return list(User.objects.filter(Q(name__icontains=text) | Q(username__icontains=text)).values_list("pk", flat=True))


def last_runs() -> list[tuple[Job, JobRun | None]]:
    """Return every job with its newest run."""
    return [(job, JobRun.objects.filter(name=job.name).order_by("-started_at").first()) for job in jobs()]

"""Accounts of others: made, changed, closed, given roles. For whoever may change accounts everywhere."""

import secrets
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import FailedSignIn, Grant, Role, SecondFactor, SignIn, User
from incisor.accounts.services.administrators import LastAdministrator, hold_roles, keep_an_administrator
from incisor.accounts.services.attempts import name_index
from incisor.audit.services import record
from incisor.kernel.errors import NotFound, Refused

__all__ = ["LastAdministrator"]
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike when read aloud or on paper


class UsernameTaken(Refused):
    """Another account has this user name."""

    code = "username_taken"


class OwnAccount(Refused):
    """Nobody closes the own account."""

    code = "own_account"


def _one_time_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(3))


def _locked(user: User) -> User:
    found = User.objects.select_for_update().filter(pk=user.pk, is_system=False).first()
    if found is None:
        raise NotFound()
    return found


def _facts(user: User) -> dict[str, object]:
    return {"username": user.username, "name": user.name, "language": user.language, "is_active": user.is_active}


@action(Permission.USER_EDIT, organisation=True)
def add_user(*, by: User, username: str, name: str, language: str, at: datetime) -> tuple[User, str]:
    """Make an account; return it with a one-time password that is shown once and must be changed. Raises UsernameTaken."""
    password = _one_time_password()
    user = User(
        username=username.strip().lower(),
        name=name.strip(),
        language=language,
        must_change_password=True,
        created_at=at,
    )
    user.set_password(password)
    _save(user)
    record("user.added", subject=user, after=_facts(user))
    return user, password


@action(Permission.USER_EDIT, organisation=True)
def add_machine(*, by: User, username: str, name: str, role: Role, clinic_id: uuid.UUID, at: datetime) -> User:
    """Make an account under which another program acts in one clinic; it has no password. Raises UsernameTaken."""
    machine = User(username=username, name=name.strip(), is_machine=True, created_at=at)
    machine.set_unusable_password()
    _save(machine)
    record("user.added", subject=machine, after=_facts(machine))
    give_role(by=by, user=machine, role=role, clinic_id=clinic_id, at=at)
    return machine


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as failure:
        raise UsernameTaken(
            _("The user name “%(name)s” is taken. Choose another one.") % {"name": user.username}
        ) from failure


@action(Permission.USER_EDIT, organisation=True)
def change_user(*, by: User, user: User, username: str, name: str, language: str, at: datetime) -> None:
    """Change names and language. Raises UsernameTaken."""
    row = _locked(user)
    before = _facts(row)
    row.username, row.name, row.language = username.strip().lower(), name.strip(), language
    if _facts(row) != before:
        _save(row)
        record("user.changed", subject=row, before=before, after=_facts(row))


@action(Permission.USER_EDIT, organisation=True)
def give_role(*, by: User, user: User, role: Role, clinic_id: uuid.UUID | None, at: datetime) -> None:
    """Give the person a role in a clinic, or everywhere (clinic_id None). Giving it again changes nothing."""
    row = _locked(user)
    if Grant.objects.filter(user=row, role=role, clinic_id=clinic_id).exists():
        return
    Grant.objects.create(user=row, role=role, clinic_id=clinic_id)
    record("user.role_given", subject=row, after=_role_facts(role, clinic_id))


def _role_facts(role: Role, clinic_id: uuid.UUID | None) -> dict[str, object]:
    return {"role": role.key or role.name_zh, "clinic": str(clinic_id or "")}


@action(Permission.USER_EDIT, organisation=True)
def take_role(*, by: User, user: User, grant_id: uuid.UUID, at: datetime) -> None:
    """Take a role from the person. Raises NotFound, LastAdministrator."""
    hold_roles()
    row = _locked(user)
    grant = Grant.objects.filter(pk=grant_id, user=row).select_related("role").first()
    if grant is None:
        raise NotFound()
    before = _role_facts(grant.role, grant.clinic_id)
    grant.delete()
    keep_an_administrator()
    record("user.role_taken", subject=row, before=before)


def _end_sessions(user: User, at: datetime) -> None:
    SignIn.objects.filter(user=user, ended_at=None).update(ended_at=at)


@action(Permission.USER_EDIT, organisation=True)
def close_account(*, by: User, user: User, at: datetime) -> None:
    """Close the account: its sessions end, nobody signs in with it; what it did stays. Raises OwnAccount, LastAdministrator."""
    hold_roles()
    row = _locked(user)
    if row.pk == by.pk:
        raise OwnAccount(_("You cannot close your own account. Ask another administrator."))
    if not row.is_active:
        return
    row.is_active = False
    row.save(update_fields=["is_active"])
    _end_sessions(row, at)
    keep_an_administrator()
    record("user.closed", subject=row, before={"is_active": True}, after={"is_active": False})


@action(Permission.USER_EDIT, organisation=True)
def reopen_account(*, by: User, user: User, at: datetime) -> None:
    """Open a closed account again, with the roles and the password that it had."""
    row = _locked(user)
    if row.is_active:
        return
    row.is_active = True
    row.save(update_fields=["is_active"])
    record("user.reopened", subject=row, before={"is_active": False}, after={"is_active": True})


@action(Permission.USER_EDIT, organisation=True)
def reset_password(*, by: User, user: User, at: datetime) -> str:
    """Give a new one-time password, shown once; sessions end, failures are forgiven, the person must change it."""
    row = _locked(user)
    password = _one_time_password()
    row.set_password(password)
    row.must_change_password = True
    row.save(update_fields=["password", "must_change_password"])
    _end_sessions(row, at)
    FailedSignIn.objects.filter(name_index=name_index(username=row.username)).delete()
    record("user.password_reset", subject=row)
    return password


@action(Permission.USER_EDIT, organisation=True)
def reset_second_factor(*, by: User, user: User, at: datetime) -> None:
    """Remove the second factor of somebody who lost the phone; sessions end."""
    row = _locked(user)
    if SecondFactor.objects.filter(user=row).delete()[0]:
        _end_sessions(row, at)
        record("user.second_factor_reset", subject=row)

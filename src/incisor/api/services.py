"""Keys: made, ended, seen in use. What a key does goes through the services of the apps below, under its own account."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import Role, User
from incisor.accounts.services import add_machine, close_account
from incisor.api.enums import PERMISSIONS, Scope
from incisor.api.models import Token
from incisor.api.queries import hash_of
from incisor.api.rules import PREFIX, SHOWN
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.edits import locked
from incisor.kernel.errors import Refused

NOTED_EVERY = timedelta(minutes=1)


class RoleTooSmall(Refused):
    """The role does not allow what the key is made for. details: field."""

    code = "role_too_small"


class TokenEnded(Refused):
    """The key was ended before."""

    code = "token_ended"


@action(Permission.USER_EDIT, organisation=True)
def make_token(
    *,
    by: User,
    clinic: Clinic,
    name: str,
    role: Role,
    scopes: Sequence[str],
    expires_at: datetime,
    limit: int,
    at: datetime,
) -> tuple[Token, str]:
    """Make a key with an account of its own, and return it with its secret, which is shown once. Raises RoleTooSmall."""
    chosen = [scope for scope in Scope if scope in scopes]
    missing = [PERMISSIONS[scope] for scope in chosen if PERMISSIONS[scope] not in role.permissions]
    if missing:
        raise RoleTooSmall(
            _("The role “%(role)s” does not allow this: %(what)s. Choose another role or fewer rights.")
            % {"role": role, "what": "、".join(str(one.label) for one in missing)},
            field="role",
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    machine = add_machine(
        by=by, username=f"api-{secrets.token_hex(6)}", name=name, role=role, clinic_id=clinic.pk, at=at
    )
    token = Token.objects.create(
        clinic=clinic,
        user=machine,
        name=name.strip(),
        beginning=secret[:SHOWN],
        secret_hash=hash_of(secret),
        scopes=[str(scope) for scope in chosen],
        limit=limit,
        created_by=by,
        created_at=at,
        expires_at=expires_at,
    )
    record(
        "api.token_made",
        subject=token,
        after={
            "name": token.name,
            "clinic": str(clinic.pk),
            "role": role.key or role.name_zh,
            "scopes": token.scopes,
            "expires_at": expires_at.isoformat(),
        },
    )
    return token, secret


@action(Permission.USER_EDIT, organisation=True)
def end_token(*, by: User, token: Token, at: datetime) -> None:
    """End a key: its next request is refused, its account is closed, what it did stays. Raises TokenEnded."""
    row = locked(token)
    if row.ended_at is not None:
        raise TokenEnded(_("This key was ended already."))
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    record("api.token_ended", subject=row, before={"name": row.name})
    close_account(by=by, user=row.user, at=at)


def note_use(*, token: Token, origin: str, at: datetime) -> None:
    """Note when and from where the key was used, once a minute."""
    if token.last_used_at is None or at - token.last_used_at >= NOTED_EVERY or token.last_origin != origin:
        Token.objects.filter(pk=token.pk).update(last_used_at=at, last_origin=origin[:80])

"""What each role may do: changed, added, named, removed, put back to what was shipped."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import SHIPPED, Permission
from incisor.accounts.models import Grant, Role, User
from incisor.accounts.services.administrators import hold_roles, keep_an_administrator
from incisor.audit.services import record
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused

KNOWN = frozenset(Permission.values)


class RoleNameTaken(Refused):
    """Another role has this name."""

    code = "role_name_taken"


class RoleInUse(Refused):
    """The role cannot be removed: it was shipped, or somebody has it."""

    code = "role_in_use"


def _held(role: Role) -> Role:
    for one in hold_roles():
        if one.pk == role.pk:
            return one
    raise NotFound()


def _write(role: Role, permissions: frozenset[str], what: str) -> None:
    before = sorted(role.permissions)
    after = sorted(permissions & KNOWN)
    if before == after:
        return
    role.permissions = after
    role.save(update_fields=["permissions"])
    record(
        what,
        subject=role,
        after={
            "role": role.key or role.name_zh,
            "added": sorted(set(after) - set(before)),
            "removed": sorted(set(before) - set(after)),
        },
    )


@action(Permission.USER_EDIT, organisation=True)
def change_permissions(
    *, by: User, wanted: dict[str, frozenset[str]], seen: dict[str, frozenset[str]], at: datetime
) -> int:
    """Set what roles may do; return how many changed. wanted, seen: permissions by the role's id, as chosen and as shown.

    A role that somebody else changed since it was shown is refused, and nothing is changed. Raises ChangedMeanwhile,
    LastAdministrator.
    """
    changed = 0
    for role in hold_roles():
        key = str(role.pk)
        if key not in wanted or wanted[key] == seen.get(key):
            continue
        if frozenset(role.permissions) != seen.get(key):
            raise ChangedMeanwhile(
                _(
                    "Somebody else changed the role “%(role)s” meanwhile. Look at the page again, then repeat your change."
                )
                % {"role": role}
            )
        _write(role, wanted[key], "role.changed")
        changed += 1
    keep_an_administrator()
    return changed


@action(Permission.USER_EDIT, organisation=True)
def add_role(*, by: User, name_zh: str, name_en: str, like: Role | None, at: datetime) -> Role:
    """Add a role of the organisation's own, with the permissions of another one to begin with. Raises RoleNameTaken."""
    _refuse_name(hold_roles(), name_zh, None)
    role = Role.objects.create(
        name_zh=name_zh, name_en=name_en or name_zh, permissions=sorted(like.permissions) if like else []
    )
    record("role.added", subject=role, after={"name_zh": name_zh, "name_en": name_en, "permissions": role.permissions})
    return role


def _refuse_name(roles: list[Role], name_zh: str, but: Role | None) -> None:
    if any(one.name_zh == name_zh and (but is None or one.pk != but.pk) for one in roles):
        raise RoleNameTaken(_("There is a role “%(name)s” already. Choose another name.") % {"name": name_zh})


@action(Permission.USER_EDIT, organisation=True)
def rename_role(*, by: User, role: Role, name_zh: str, name_en: str, at: datetime) -> None:
    """Give a role other names. Raises RoleNameTaken."""
    row = _held(role)
    _refuse_name(hold_roles(), name_zh, row)
    before = {"name_zh": row.name_zh, "name_en": row.name_en}
    row.name_zh, row.name_en = name_zh, name_en or name_zh
    row.save(update_fields=["name_zh", "name_en"])
    record("role.renamed", subject=row, before=before, after={"name_zh": row.name_zh, "name_en": row.name_en})


@action(Permission.USER_EDIT, organisation=True)
def reset_role(*, by: User, role: Role, at: datetime) -> None:
    """Put a shipped role back to what it may do when shipped. Raises NotFound, LastAdministrator."""
    row = _held(role)
    if row.key not in SHIPPED:
        raise NotFound()
    _write(row, frozenset(str(one) for one in SHIPPED[row.key]), "role.reset")
    keep_an_administrator()


@action(Permission.USER_EDIT, organisation=True)
def remove_role(*, by: User, role: Role, at: datetime) -> None:
    """Remove a role of the organisation's own that nobody has. Raises RoleInUse."""
    row = _held(role)
    if row.key:
        raise RoleInUse(_("This role was shipped with Incisor and stays. Take it from everybody if you do not use it."))
    if Grant.objects.filter(role=row).exists():
        raise RoleInUse(_("Somebody still has this role. Give these people another one first."))
    record("role.removed", subject=row, before={"name_zh": row.name_zh, "permissions": row.permissions})
    row.delete()

"""The clinic's own lists: levels of membership, tags."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.edits import change, locked, refusing
from incisor.kernel.errors import Refused
from incisor.patients.models import MembershipLevel, SearchKey, Tag
from incisor.patients.queries.finding import tag_key


class NameInList(Refused):
    """The list has an entry of this name."""

    code = "name_in_list"


class TagInUse(Refused):
    """Files carry this tag, so it keeps its name."""

    code = "tag_in_use"


def _taken(name: str) -> NameInList:
    return NameInList(_("The list has “%(name)s” already. Change that one.") % {"name": name}, field="name")


@action(Permission.CLINIC_EDIT)
def add_level(
    *, by: User, clinic: Clinic, name: str, rules: str, colour: str, position: int, at: datetime
) -> MembershipLevel:
    """Add a level of membership. Raises NameInList."""
    values: dict[str, Any] = {"name": name, "rules": rules, "colour": colour, "position": position}
    with refusing({"membership_level_name_is_unique": _taken(name)}):
        level = MembershipLevel.objects.create(clinic=clinic, **values)
    record("membership_level.added", subject=level, after=values)
    return level


@action(Permission.CLINIC_EDIT)
def change_level(
    *,
    by: User,
    level: MembershipLevel,
    version: int,
    name: str,
    rules: str,
    colour: str,
    position: int,
    is_active: bool,
    at: datetime,
) -> MembershipLevel:
    """Change a level; members keep it also when it is no longer offered. Raises NameInList, ChangedMeanwhile."""
    row = locked(level, version=version)
    values = {"name": name, "rules": rules, "colour": colour, "position": position, "is_active": is_active}
    with refusing({"membership_level_name_is_unique": _taken(name)}):
        before, after = change(row, values)
    if before != after:
        record("membership_level.changed", subject=row, before=before, after=after)
    return row


@action(Permission.CLINIC_EDIT)
def add_tag(*, by: User, clinic: Clinic, name: str, meaning: str, colour: str, position: int, at: datetime) -> Tag:
    """Add a tag to the clinic's list. Raises NameInList."""
    values: dict[str, Any] = {"name": name, "meaning": meaning, "colour": colour, "position": position}
    with refusing({"tag_name_is_unique": _taken(name)}):
        tag = Tag.objects.create(clinic=clinic, **values)
    record("tag.added", subject=tag, after=values)
    return tag


@action(Permission.CLINIC_EDIT)
def change_tag(
    *,
    by: User,
    tag: Tag,
    version: int,
    name: str,
    meaning: str,
    colour: str,
    position: int,
    is_active: bool,
    at: datetime,
) -> Tag:
    """Change a tag; its name only while no file carries it. Raises NameInList, TagInUse, ChangedMeanwhile."""
    row = locked(tag, version=version)
    if name != row.name and SearchKey.objects.filter(clinic=row.clinic_id, key=tag_key(row.name)).exists():
        raise TagInUse(
            _("Files carry this tag, so it keeps its name. Take it out of use and add another one instead."),
            field="name",
        )
    values = {"name": name, "meaning": meaning, "colour": colour, "position": position, "is_active": is_active}
    with refusing({"tag_name_is_unique": _taken(name)}):
        before, after = change(row, values)
    if before != after:
        record("tag.changed", subject=row, before=before, after=after)
    return row

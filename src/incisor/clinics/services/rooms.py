"""Rooms and chairs."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair, Clinic, Room
from incisor.kernel import live
from incisor.kernel.edits import change, locked, refusing
from incisor.kernel.errors import NotFound, Refused


class NameTaken(Refused):
    """Another room or chair of the clinic has this name."""

    code = "name_taken"


class RoomInUse(Refused):
    """The room still holds chairs in use."""

    code = "room_in_use"


def _room_taken(name: str) -> NameTaken:
    return NameTaken(_("This clinic already has a room called “%(name)s”.") % {"name": name}, field="name")


def _chair_taken(name: str) -> NameTaken:
    return NameTaken(_("This clinic already has a chair called “%(name)s”.") % {"name": name}, field="name")


@action(Permission.CLINIC_EDIT)
def add_room(*, by: User, clinic: Clinic, name: str, floor: str, at: datetime) -> Room:
    """Add a room. Raises NameTaken."""
    with refusing({"room_name_is_unique": _room_taken(name)}):
        room = Room.objects.create(clinic=clinic, name=name, floor=floor)
    record("room.added", subject=room, after={"name": name, "floor": floor})
    return room


@action(Permission.CLINIC_EDIT)
def change_room(*, by: User, room: Room, version: int, name: str, floor: str, is_active: bool, at: datetime) -> Room:
    """Change a room. Raises NameTaken, RoomInUse, ChangedMeanwhile."""
    row = locked(room, version=version)
    if not is_active and Chair.objects.filter(room=row, is_active=True).exists():
        raise RoomInUse(
            _("There are chairs in use in this room. Move them to another room or take them out of use first."),
            field="is_active",
        )
    with refusing({"room_name_is_unique": _room_taken(name)}):
        before, after = change(row, {"name": name, "floor": floor, "is_active": is_active})
    if before != after:
        record("room.changed", subject=row, before=before, after=after)
        live.touch(row.clinic_id, "day")
    return row


def _own_room(clinic_id: object, room: Room) -> Room:
    if room.clinic_id != clinic_id:
        raise NotFound()
    return room


@action(Permission.CLINIC_EDIT)
def add_chair(
    *,
    by: User,
    clinic: Clinic,
    room: Room,
    name: str,
    position: int,
    capabilities: list[str],
    equipment: str,
    at: datetime,
) -> Chair:
    """Add a chair. Raises NameTaken."""
    values = {
        "room": _own_room(clinic.pk, room),
        "name": name,
        "position": position,
        "capabilities": capabilities,
        "equipment": equipment,
    }
    with refusing({"chair_name_is_unique": _chair_taken(name)}):
        chair = Chair.objects.create(clinic=clinic, state_since=at, **values)
    record("chair.added", subject=chair, after=values | {"room": room.name})
    live.touch(clinic.pk, "day")
    return chair


@action(Permission.CLINIC_EDIT)
def change_chair(
    *,
    by: User,
    chair: Chair,
    version: int,
    room: Room,
    name: str,
    position: int,
    capabilities: list[str],
    equipment: str,
    is_active: bool,
    at: datetime,
) -> Chair:
    """Change a chair. Raises NameTaken, ChangedMeanwhile."""
    row = locked(chair, version=version)
    values = {
        "room": _own_room(row.clinic_id, room),
        "name": name,
        "position": position,
        "capabilities": capabilities,
        "equipment": equipment,
        "is_active": is_active,
    }
    with refusing({"chair_name_is_unique": _chair_taken(name)}):
        before, after = change(row, values)
    if before != after:
        record("chair.changed", subject=row, before=before, after=after)
        live.touch(row.clinic_id, "day")
    return row


@action(Permission.CLINIC_EDIT)
def set_chair_state(*, by: User, chair: Chair, state: ChairState, at: datetime) -> Chair:
    """Say what a chair is doing now: free, being cleaned, out of order."""
    row = locked(chair)
    if row.state == state:
        return row
    before, after = change(row, {"state": ChairState(state).value, "state_since": at})
    record("chair.state_changed", subject=row, before=before, after=after)
    live.touch(row.clinic_id, "day")
    return row

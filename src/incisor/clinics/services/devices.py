"""Devices that nobody signs in at: the waiting-room screen, the kiosk, the telephone system."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.enums import DeviceKind
from incisor.clinics.models import Clinic, Device
from incisor.clinics.rules import device_hash
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import Refused

TOKEN_BYTES = 24
SEEN_EVERY = timedelta(minutes=1)


class DeviceRefused(Refused):
    """The device cannot be kept like this."""

    code = "device_refused"
    status = 422


@action(Permission.CLINIC_EDIT)
def add_device(*, by: User, clinic: Clinic, kind: str, name: str, at: datetime) -> tuple[Device, str]:
    """Add a device and return it with its token, which is not kept. Raises DeviceRefused."""
    if kind not in DeviceKind.values:
        raise DeviceRefused(_("Choose what kind of device it is."), field="kind")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = Device.objects.create(
        clinic=clinic, kind=kind, name=name.strip(), token_hash=device_hash(token), added_at=at
    )
    record("device.added", subject=device, after={"kind": kind, "name": device.name})
    return device, token


@action(Permission.CLINIC_EDIT)
def renew_device(*, by: User, device: Device, at: datetime) -> str:
    """Give the device a new token and return it; the old one is worth nothing at once. Raises ChangedMeanwhile."""
    row = locked(device, version=device.version)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    change(row, {"token_hash": device_hash(token), "ended_at": None})
    record("device.renewed", subject=row)
    return token


@action(Permission.CLINIC_EDIT)
def change_device(*, by: User, device: Device, version: int, name: str, options: dict[str, Any], at: datetime) -> None:
    """Change the name and what the device shows. Raises ChangedMeanwhile."""
    row = locked(device, version=version)
    before, after = change(row, {"name": name.strip(), "options": options})
    if before != after:
        record("device.changed", subject=row, before=before, after=after)


@action(Permission.CLINIC_EDIT)
def end_device(*, by: User, device: Device, at: datetime) -> None:
    """End a device: its token is refused from now on. Raises ChangedMeanwhile."""
    row = locked(device, version=device.version)
    change(row, {"ended_at": at})
    record("device.ended", subject=row)


def note_device_seen(device: Device, *, at: datetime) -> None:
    """Keep when the device was last there, to the minute. Not an act of a person: no guard, no audit line."""
    stale = Q(seen_at=None) | Q(seen_at__lte=at - SEEN_EVERY)
    if device.seen_at is None or at - device.seen_at >= SEEN_EVERY:
        Device.objects.filter(stale, pk=device.pk).update(seen_at=at)

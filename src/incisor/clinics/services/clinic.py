"""The organisation and its clinics."""

from datetime import datetime, time
from zoneinfo import ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.enums import ChairNeed
from incisor.clinics.models import Chair, Clinic, OpeningHours, Organisation, Room
from incisor.kernel import live
from incisor.kernel.clock import zone as zone_of
from incisor.kernel.edits import change, locked, refusing
from incisor.kernel.errors import Refused


class UnknownZone(Refused):
    """There is no time zone of that name."""

    code = "unknown_zone"


class CodeTaken(Refused):
    """Another row has this code."""

    code = "code_taken"


class LastClinic(Refused):
    """The organisation would have no open clinic left."""

    code = "last_clinic"


def _known_zone(name: str) -> str:
    try:
        zone_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as failure:
        raise UnknownZone(
            _("“%(zone)s” is not a time zone. Choose one from the list, for example Asia/Shanghai.") % {"zone": name},
            field="zone",
        ) from failure
    return name


@action(Permission.CLINIC_EDIT)
def change_clinic(
    *,
    by: User,
    clinic: Clinic,
    version: int,
    name: str,
    name_en: str,
    phone: str,
    address: str,
    zone: str,
    day_starts_at: time,
    wait_limit_minutes: int,
    idle_lock_minutes: int,
    buffer_percent: int,
    at: datetime,
) -> Clinic:
    """Change what the clinic is called, where it is and its limits. Raises UnknownZone, ChangedMeanwhile."""
    row = locked(clinic, version=version)
    before, after = change(
        row,
        {
            "name": name,
            "name_en": name_en,
            "phone": phone,
            "address": address,
            "zone": _known_zone(zone),
            "day_starts_at": day_starts_at,
            "wait_limit_minutes": wait_limit_minutes,
            "idle_lock_minutes": idle_lock_minutes,
            "buffer_percent": buffer_percent,
        },
    )
    if before != after:
        record("clinic.changed", subject=row, before=before, after=after)
        live.touch(row.pk, "day")
    return row


@action(Permission.CLINIC_EDIT, organisation=True)
def change_organisation(*, by: User, organisation: Organisation, version: int, name: str, at: datetime) -> Organisation:
    """Change the organisation's name."""
    row = locked(organisation, version=version)
    before, after = change(row, {"name": name})
    if before != after:
        record("organisation.changed", subject=row, before=before, after=after)
    return row


@action(Permission.CLINIC_EDIT, organisation=True)
def add_clinic(
    *,
    by: User,
    organisation: Organisation,
    code: str,
    name: str,
    name_en: str,
    phone: str,
    address: str,
    zone: str,
    chairs: int,
    hours_like: Clinic | None,
    at: datetime,
) -> Clinic:
    """Add a clinic with that many chairs, open like another one. Raises CodeTaken, UnknownZone.

    hours_like: the clinic whose present opening hours are taken over; None: no hours yet.
    """
    taken = CodeTaken(
        _("The code “%(code)s” belongs to another clinic. Take another one.") % {"code": code}, field="code"
    )
    with refusing({"clinic_code_is_unique": taken}):
        clinic = Clinic.objects.create(
            organisation=organisation,
            code=code,
            name=name,
            name_en=name_en,
            phone=phone,
            address=address,
            zone=_known_zone(zone),
            currency=organisation.currency,
            follows_public_holidays=hours_like.follows_public_holidays if hours_like else False,
        )
    for number in range(1, chairs + 1):
        room = Room.objects.create(clinic=clinic, name=_("Room %(number)s") % {"number": number})
        Chair.objects.create(
            clinic=clinic,
            room=room,
            name=_("Chair %(number)s") % {"number": number},
            position=number,
            capabilities=[ChairNeed.BASIC.value],
        )
    if hours_like is not None:
        OpeningHours.objects.bulk_create(
            OpeningHours(clinic=clinic, weekday=row.weekday, opens=row.opens, closes=row.closes)
            for row in OpeningHours.objects.filter(clinic=hours_like, valid_until=None)
        )
    record("clinic.added", subject=clinic, after={"code": code, "name": name, "zone": zone, "chairs": chairs})
    return clinic


@action(Permission.CLINIC_EDIT, organisation=True)
def close_clinic(*, by: User, clinic: Clinic, at: datetime) -> Clinic:
    """Take a clinic out of use; its files stay. Raises LastClinic."""
    open_clinics = list(Clinic.objects.select_for_update().filter(is_active=True).order_by("pk"))
    if [row.pk for row in open_clinics] == [clinic.pk]:
        raise LastClinic(_("This is the only clinic in use. Add another one before you close it."))
    row = locked(clinic)
    before, after = change(row, {"is_active": False})
    if before != after:
        record("clinic.closed", subject=row, before=before, after=after)
    return row


@action(Permission.CLINIC_EDIT, organisation=True)
def reopen_clinic(*, by: User, clinic: Clinic, at: datetime) -> Clinic:
    """Take a closed clinic into use again."""
    row = locked(clinic)
    before, after = change(row, {"is_active": True})
    if before != after:
        record("clinic.reopened", subject=row, before=before, after=after)
    return row

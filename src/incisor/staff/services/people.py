"""Who works here, and in which clinics."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action, may, require
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic
from incisor.kernel import live
from incisor.kernel.edits import change, locked, plain, refusing
from incisor.kernel.errors import NotFound, Refused
from incisor.staff.models import Placement, StaffMember


class NumberTaken(Refused):
    """Another person has this staff number."""

    code = "number_taken"


class AccountTaken(Refused):
    """The account belongs to another person."""

    code = "account_taken"


@dataclass(frozen=True, kw_only=True)
class StaffWords:
    """Everything about a person at work that people edit."""

    number: str
    name: str
    name_en: str
    kind: str
    title: str
    specialties: list[str]
    licence_number: str
    licence_expires_on: date | None
    introduction: str
    colour: str
    user: User | None

    def values(self) -> dict[str, Any]:
        """Return the fields of the row."""
        return dict(vars(self))


def _refusals(words: StaffWords) -> dict[str, Refused]:
    return {
        "staff_number_is_unique": NumberTaken(
            _("The number “%(number)s” belongs to another person. Take another one.") % {"number": words.number},
            field="number",
        ),
        # a one-to-one field has no constraint of ours: these are the names that the databases give it
        "staff_staffmember.user_id": _account_taken(),
        "staff_staffmember_user_id_key": _account_taken(),
    }


def _account_taken() -> AccountTaken:
    return AccountTaken(_("This account belongs to another person already."), field="user")


@action(Permission.STAFF_EDIT)
def add_staff(
    *,
    by: User,
    clinic: Clinic,
    words: StaffWords,
    clinics: Collection[Clinic],
    chair: Chair | None,
    position: int,
    at: datetime,
) -> StaffMember:
    """Add a person who works in those clinics. chair, position: usual chair and order in this one.

    Raises NumberTaken, AccountTaken, NotAllowed for a clinic in which `by` may not change staff.
    """
    with refusing(_refusals(words)):
        staff = StaffMember.objects.create(**words.values())
    record("staff.added", subject=staff, after={name: plain(value) for name, value in words.values().items()})
    _place(by=by, clinic=clinic, staff=staff, clinics=clinics, chair=chair, position=position)
    return staff


@action(Permission.STAFF_EDIT)
def change_staff(
    *,
    by: User,
    clinic: Clinic,
    staff: StaffMember,
    version: int,
    words: StaffWords,
    clinics: Collection[Clinic],
    chair: Chair | None,
    position: int,
    at: datetime,
) -> StaffMember:
    """Change a person. Placements in clinics where `by` may not change staff stay. Raises as add_staff, ChangedMeanwhile."""
    row = locked(staff, version=version)
    with refusing(_refusals(words)):
        before, after = change(row, words.values())
    if before != after:
        record("staff.changed", subject=row, before=before, after=after)
    _place(by=by, clinic=clinic, staff=row, clinics=clinics, chair=chair, position=position)
    live.touch(clinic.pk, "day")
    return row


def _place(
    *, by: User, clinic: Clinic, staff: StaffMember, clinics: Collection[Clinic], chair: Chair | None, position: int
) -> None:
    """Make the placements as wanted, in the clinics where `by` may."""
    if chair is not None and chair.clinic_id != clinic.pk:
        raise NotFound()
    present = {row.clinic_id: row for row in Placement.objects.select_for_update().filter(staff=staff).order_by("pk")}
    wanted = {row.pk for row in clinics}
    for clinic_id in sorted(wanted | set(present), key=str):
        here, row = clinic_id == clinic.pk, present.get(clinic_id)
        if not may(by, Permission.STAFF_EDIT, clinic_id):
            if row is None:
                require(by, Permission.STAFF_EDIT, clinic_id)
            continue
        values: dict[str, Any] = {"is_active": clinic_id in wanted}
        if here:
            values |= {"chair": chair, "position": position}
        if row is None:
            Placement.objects.create(staff=staff, clinic_id=clinic_id, **values)
            record("staff.placed", subject=staff, after={"clinic": str(clinic_id)})
            continue
        before, after = change(row, values)
        if before != after:
            record("staff.placement_changed", subject=staff, before=before, after={**after, "clinic": str(clinic_id)})


@action(Permission.STAFF_EDIT)
def deactivate_staff(*, by: User, clinic: Clinic, staff: StaffMember, at: datetime) -> StaffMember:
    """Note that the person no longer works here: cannot be booked any more. Bookings stay: the page lists them."""
    return _set_active(clinic, staff, is_active=False)


@action(Permission.STAFF_EDIT)
def reactivate_staff(*, by: User, clinic: Clinic, staff: StaffMember, at: datetime) -> StaffMember:
    """Note that the person works here again."""
    return _set_active(clinic, staff, is_active=True)


def _set_active(clinic: Clinic, staff: StaffMember, *, is_active: bool) -> StaffMember:
    row = locked(staff)
    before, after = change(row, {"is_active": is_active})
    if before != after:
        record("staff.reactivated" if is_active else "staff.deactivated", subject=row, before=before, after=after)
        live.touch(clinic.pk, "day")
    return row

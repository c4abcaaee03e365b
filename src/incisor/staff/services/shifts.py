"""Desk shifts and who is on them (REQUIREMENTS DSK-4)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.edits import change, locked, refusing
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused
from incisor.staff.models import Shift, ShiftDuty, StaffMember
from incisor.staff.queries import duty_stamp, lock_dentists, shift_duties
from incisor.staff.services.rosters import FaultyHours

DutyKey = tuple[UUID, date, UUID]  # staff, day, shift


class ShiftCodeTaken(Refused):
    """Another shift of the clinic has this code."""

    code = "shift_code_taken"


def _refusals(code: str) -> dict[str, Refused]:
    taken = ShiftCodeTaken(_("This clinic already has a shift “%(code)s”.") % {"code": code}, field="code")
    return {"shift_code_is_unique": taken}


def _check(starts: time, ends: time) -> None:
    if ends <= starts:
        raise FaultyHours(_("The end must be after the beginning."), field="ends")


@action(Permission.STAFF_EDIT)
def add_shift(*, by: User, clinic: Clinic, code: str, name: str, starts: time, ends: time, at: datetime) -> Shift:
    """Add a kind of shift. Raises ShiftCodeTaken, FaultyHours."""
    _check(starts, ends)
    with refusing(_refusals(code)):
        shift = Shift.objects.create(clinic=clinic, code=code, name=name, starts=starts, ends=ends)
    record("shift.added", subject=shift, after={"code": code, "name": name, "hours": f"{starts:%H:%M}-{ends:%H:%M}"})
    return shift


@action(Permission.STAFF_EDIT)
def change_shift(
    *,
    by: User,
    shift: Shift,
    version: int,
    code: str,
    name: str,
    starts: time,
    ends: time,
    is_active: bool,
    at: datetime,
) -> Shift:
    """Change a kind of shift. Raises ShiftCodeTaken, FaultyHours, ChangedMeanwhile."""
    _check(starts, ends)
    row = locked(shift, version=version)
    with refusing(_refusals(code)):
        before, after = change(
            row, {"code": code, "name": name, "starts": starts, "ends": ends, "is_active": is_active}
        )
    if before != after:
        record("shift.changed", subject=row, before=before, after=after)
        live.touch(row.clinic_id, "day")
    return row


@action(Permission.STAFF_EDIT)
def set_week_duties(
    *, by: User, clinic: Clinic, monday: date, wanted: Collection[DutyKey], stamp: str, at: datetime
) -> None:
    """Put exactly these people on the desk shifts of a week. stamp: of the week as it was shown.

    Raises ChangedMeanwhile, NotFound for a person, shift or day that is none of this clinic and week.
    """
    people = {staff_id for staff_id, _day, _shift in wanted}
    lock_dentists(people)
    present = shift_duties(clinic, monday, monday + timedelta(days=6))
    if duty_stamp(present) != stamp:
        raise ChangedMeanwhile(_("Somebody else changed this week while you were choosing. Load the page again."))
    known_people = set(
        StaffMember.objects.filter(pk__in=people, placements__clinic=clinic).values_list("pk", flat=True)
    )
    known_shifts = set(Shift.objects.filter(clinic=clinic).values_list("pk", flat=True))
    days = {monday + timedelta(days=n) for n in range(7)}
    if any(one[0] not in known_people or one[1] not in days or one[2] not in known_shifts for one in wanted):
        raise NotFound()
    held = {(row.staff_id, row.day, row.shift_id): row for row in present}
    added, removed = set(wanted) - set(held), set(held) - set(wanted)
    if not added and not removed:
        return
    ShiftDuty.objects.filter(pk__in=[held[key].pk for key in removed]).delete()
    ShiftDuty.objects.bulk_create(
        ShiftDuty(clinic=clinic, staff_id=staff, day=day, shift_id=shift)
        for staff, day, shift in sorted(added, key=str)
    )
    record("shift.week_set", subject=clinic, before=_as_text(removed), after=_as_text(added))
    live.touch(clinic.pk, "day")


@action(Permission.STAFF_EDIT)
def copy_last_week(*, by: User, clinic: Clinic, monday: date, at: datetime) -> int:
    """Add last week's duties to this week, without taking any away. Return how many were added."""
    week = timedelta(days=7)
    last = [
        row
        for row in shift_duties(clinic, monday - week, monday - timedelta(days=1))
        if row.shift.is_active and row.staff.is_active
    ]
    lock_dentists(row.staff_id for row in last)
    held = {(row.staff_id, row.day, row.shift_id) for row in shift_duties(clinic, monday, monday + timedelta(days=6))}
    added = sorted({(row.staff_id, row.day + week, row.shift_id) for row in last} - held, key=str)
    ShiftDuty.objects.bulk_create(
        ShiftDuty(clinic=clinic, staff_id=staff, day=day, shift_id=shift) for staff, day, shift in added
    )
    if added:
        record("shift.week_copied", subject=clinic, after=_as_text(added))
        live.touch(clinic.pk, "day")
    return len(added)


def _as_text(keys: Collection[DutyKey]) -> dict[str, list[str]]:
    return {"duties": sorted(f"{day} {staff} {shift}" for staff, day, shift in keys)}

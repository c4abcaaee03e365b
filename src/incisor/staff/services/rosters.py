"""Weekly hours with their dated history, and single days that differ."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.clinics.rules import Period, Stretch, WeeklyHours, faulty_weekday, succession
from incisor.kernel import live
from incisor.kernel.clock import business_date
from incisor.kernel.errors import NotFound, Refused
from incisor.staff.models import RosterException, RosterRule, StaffMember
from incisor.staff.queries import lock_dentists
from incisor.staff.rules import overlapping_weekday


class FaultyHours(Refused):
    """Hours overlap, or end before they start."""

    code = "faulty_hours"


class DoubleDuty(Refused):
    """The person would be on duty in two clinics at once."""

    code = "double_duty"


class NotFuture(Refused):
    """Only what has not begun yet can be taken back."""

    code = "not_future"


def _as_text(week: Iterable[Stretch]) -> list[str]:
    rows = sorted(week, key=lambda row: (row.weekday, row.starts))
    return [f"{row.weekday} {row.starts:%H:%M}-{row.ends:%H:%M}" for row in rows]


@action(Permission.STAFF_EDIT)
def set_roster(
    *, by: User, clinic: Clinic, staff: StaffMember, week: list[Stretch], valid_from: date, at: datetime
) -> None:
    """Let the person work these weekly hours in the clinic from that day on; what held before ends the day before.

    Raises FaultyHours, DoubleDuty.
    """
    wrong = faulty_weekday(week)
    if wrong is not None:
        raise FaultyHours(
            _("%(weekday)s: the hours overlap or end before they begin.") % {"weekday": WEEKDAYS[wrong]}, weekday=wrong
        )
    lock_dentists([staff.pk])
    rows = {row.pk: row for row in RosterRule.objects.filter(staff=staff, clinic=clinic).order_by("pk")}
    plan = succession((Period(row.pk, row.valid_from, row.valid_until) for row in rows.values()), valid_from=valid_from)
    _refuse_double_duty(clinic, staff, week, valid_from, plan.valid_until)
    gone = [rows[key] for key in (*plan.ends, *plan.replaced)]
    RosterRule.objects.filter(pk__in=plan.replaced).delete()
    RosterRule.objects.filter(pk__in=plan.ends).update(valid_until=date.fromordinal(valid_from.toordinal() - 1))
    RosterRule.objects.bulk_create(
        RosterRule(
            staff=staff,
            clinic=clinic,
            weekday=stretch.weekday,
            starts=stretch.starts,
            ends=stretch.ends,
            valid_from=valid_from,
            valid_until=plan.valid_until,
        )
        for stretch in week
    )
    record(
        "roster.changed",
        subject=staff,
        before={"hours": _as_text(Stretch(row.weekday, row.starts, row.ends) for row in gone)},
        after={"hours": _as_text(week), "valid_from": str(valid_from), "valid_until": str(plan.valid_until or "")},
    )
    live.touch(clinic.pk, "day")


def _refuse_double_duty(
    clinic: Clinic, staff: StaffMember, week: list[Stretch], valid_from: date, valid_until: date | None
) -> None:
    elsewhere = RosterRule.objects.filter(staff=staff).exclude(clinic=clinic).select_related("clinic")
    by_clinic: dict[str, list[WeeklyHours]] = {}
    for row in elsewhere.order_by("pk"):
        hours = WeeklyHours(row.weekday, row.starts, row.ends, row.valid_from, row.valid_until)
        by_clinic.setdefault(row.clinic.name, []).append(hours)
    mine = [WeeklyHours(row.weekday, row.starts, row.ends) for row in week]
    for name, others in by_clinic.items():
        day = overlapping_weekday(mine, others, valid_from=valid_from, valid_until=valid_until)
        if day is not None:
            raise DoubleDuty(
                _("%(weekday)s: at that time %(staff)s works in %(clinic)s. Change the hours here or there.")
                % {"weekday": WEEKDAYS[day], "staff": staff.name, "clinic": name},
                weekday=day,
            )


@action(Permission.STAFF_EDIT)
def drop_planned_roster(*, by: User, clinic: Clinic, staff: StaffMember, valid_from: date, at: datetime) -> None:
    """Take back weekly hours that begin in the future; what held before goes on. Raises NotFuture, NotFound."""
    if valid_from <= business_date(at, clinic.zone):
        raise NotFuture(_("These hours hold already. Enter new ones with a later first day instead."))
    lock_dentists([staff.pk])
    rows = RosterRule.objects.filter(staff=staff, clinic=clinic)
    planned = list(rows.filter(valid_from=valid_from).order_by("weekday", "starts"))
    if not planned:
        raise NotFound()
    rows.filter(valid_from=valid_from).delete()
    rows.filter(valid_until=date.fromordinal(valid_from.toordinal() - 1)).update(valid_until=planned[0].valid_until)
    hours = _as_text(Stretch(row.weekday, row.starts, row.ends) for row in planned)
    record("roster.dropped", subject=staff, before={"hours": hours, "valid_from": str(valid_from)})
    live.touch(clinic.pk, "day")


@action(Permission.STAFF_EDIT)
def set_day(
    *,
    by: User,
    clinic: Clinic,
    staff: StaffMember,
    day: date,
    hours: list[tuple[time, time]],
    reason: str,
    at: datetime,
) -> None:
    """Let the person work other hours on one day; an empty list means off. Raises FaultyHours."""
    if faulty_weekday(Stretch(0, starts, ends) for starts, ends in hours) is not None:
        raise FaultyHours(_("The hours overlap or end before they begin."))
    lock_dentists([staff.pk])
    before = _take_day_out(clinic, staff, day)
    rows: list[tuple[time | None, time | None]] = [*hours] or [(None, None)]
    RosterException.objects.bulk_create(
        RosterException(staff=staff, clinic=clinic, day=day, starts=starts, ends=ends, reason=reason)
        for starts, ends in rows
    )
    text = [f"{starts:%H:%M}-{ends:%H:%M}" for starts, ends in hours] or ["off"]
    record("roster.day_set", subject=staff, before=before, after={"day": str(day), "hours": text, "reason": reason})
    live.touch(clinic.pk, "day")


@action(Permission.STAFF_EDIT)
def clear_day(*, by: User, clinic: Clinic, staff: StaffMember, day: date, at: datetime) -> None:
    """Let the weekly hours hold again on a day that differed."""
    lock_dentists([staff.pk])
    before = _take_day_out(clinic, staff, day)
    if before["hours"]:
        record("roster.day_cleared", subject=staff, before=before)
        live.touch(clinic.pk, "day")


def _take_day_out(clinic: Clinic, staff: StaffMember, day: date) -> dict[str, object]:
    rows = RosterException.objects.filter(staff=staff, clinic=clinic, day=day)
    hours = [
        f"{row.starts:%H:%M}-{row.ends:%H:%M}" if row.starts and row.ends else "off"
        for row in rows.order_by("starts", "pk")
    ]
    rows.delete()
    return {"day": str(day), "hours": hours}

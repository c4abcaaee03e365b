"""Opening hours with their dated history, and closures."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic, Closure, OpeningHours
from incisor.clinics.queries import lock_chairs
from incisor.clinics.rules import Period, Stretch, faulty_weekday, succession
from incisor.kernel import live
from incisor.kernel.clock import business_date
from incisor.kernel.edits import locked
from incisor.kernel.errors import NotFound, Refused


class FaultyHours(Refused):
    """Hours of a weekday overlap, or end before they start."""

    code = "faulty_hours"


class NotFuture(Refused):
    """Only what has not begun yet can be taken back."""

    code = "not_future"


def _lock_all_chairs(clinic: Clinic) -> None:
    """Wait for bookings that are just being made, so that none slips past the change."""
    lock_chairs(clinic, Chair.objects.filter(clinic=clinic).values_list("pk", flat=True))


def as_text(week: Iterable[Stretch]) -> list[str]:
    """Return weekly hours as the audit keeps them: "0 09:00-12:00"."""
    rows = sorted(week, key=lambda row: (row.weekday, row.starts))
    return [f"{row.weekday} {row.starts:%H:%M}-{row.ends:%H:%M}" for row in rows]


@action(Permission.CLINIC_EDIT)
def set_opening_hours(*, by: User, clinic: Clinic, week: list[Stretch], valid_from: date, at: datetime) -> None:
    """Let the clinic open at these hours from that day on; what held before ends the day before. Raises FaultyHours."""
    wrong = faulty_weekday(week)
    if wrong is not None:
        raise FaultyHours(
            _("%(weekday)s: the hours overlap or end before they begin.") % {"weekday": WEEKDAYS[wrong]}, weekday=wrong
        )
    _lock_all_chairs(clinic)
    rows: dict[Any, OpeningHours] = {
        row.pk: row for row in OpeningHours.objects.select_for_update().filter(clinic=clinic).order_by("pk")
    }
    plan = succession((Period(row.pk, row.valid_from, row.valid_until) for row in rows.values()), valid_from=valid_from)
    gone = [rows[key] for key in (*plan.ends, *plan.replaced)]
    OpeningHours.objects.filter(pk__in=plan.replaced).delete()
    OpeningHours.objects.filter(pk__in=plan.ends).update(valid_until=date.fromordinal(valid_from.toordinal() - 1))
    OpeningHours.objects.bulk_create(
        OpeningHours(
            clinic=clinic,
            weekday=stretch.weekday,
            opens=stretch.starts,
            closes=stretch.ends,
            valid_from=valid_from,
            valid_until=plan.valid_until,
        )
        for stretch in week
    )
    record(
        "opening_hours.changed",
        subject=clinic,
        before={"hours": as_text(Stretch(row.weekday, row.opens, row.closes) for row in gone)},
        after={"hours": as_text(week), "valid_from": str(valid_from), "valid_until": str(plan.valid_until or "")},
    )
    live.touch(clinic.pk, "day")


@action(Permission.CLINIC_EDIT)
def drop_planned_hours(*, by: User, clinic: Clinic, valid_from: date, at: datetime) -> None:
    """Take back opening hours that begin in the future; what held before goes on. Raises NotFuture, NotFound."""
    if valid_from <= business_date(at, clinic.zone):
        raise NotFuture(_("These hours hold already. Enter new ones with a later first day instead."))
    _lock_all_chairs(clinic)
    rows = OpeningHours.objects.filter(clinic=clinic)
    planned = list(rows.filter(valid_from=valid_from).order_by("weekday", "opens"))
    if not planned:
        raise NotFound()
    rows.filter(valid_from=valid_from).delete()
    rows.filter(valid_until=date.fromordinal(valid_from.toordinal() - 1)).update(valid_until=planned[0].valid_until)
    record(
        "opening_hours.dropped",
        subject=clinic,
        before={
            "hours": as_text(Stretch(row.weekday, row.opens, row.closes) for row in planned),
            "valid_from": str(valid_from),
        },
    )
    live.touch(clinic.pk, "day")


@action(Permission.CLINIC_EDIT)
def add_closure(
    *, by: User, clinic: Clinic, chair: Chair | None, starts_at: datetime, ends_at: datetime, reason: str, at: datetime
) -> Closure:
    """Close the clinic, or one chair of it, for a time. Bookings in it stay: the page lists them. Raises FaultyHours."""
    if ends_at <= starts_at:
        raise FaultyHours(_("The end must be after the beginning."), field="ends_on")
    if chair is None:
        _lock_all_chairs(clinic)
    elif not lock_chairs(clinic, [chair.pk]):
        raise NotFound()
    closure = Closure.objects.create(clinic=clinic, chair=chair, starts_at=starts_at, ends_at=ends_at, reason=reason)
    record("closure.added", subject=closure, after=_as_values(closure))
    live.touch(clinic.pk, "day")
    return closure


@action(Permission.CLINIC_EDIT)
def remove_closure(*, by: User, closure: Closure, at: datetime) -> None:
    """Open again: take a closure away. The audit trail keeps what it was."""
    row = locked(closure)
    record("closure.removed", subject=row, before=_as_values(row))
    live.touch(row.clinic_id, "day")
    row.delete()


def _as_values(closure: Closure) -> dict[str, str]:
    return {
        "chair": closure.chair.name if closure.chair else "",
        "starts_at": closure.starts_at.isoformat(),
        "ends_at": closure.ends_at.isoformat(),
        "reason": closure.reason,
    }

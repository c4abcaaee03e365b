"""Reading people at work."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from incisor.accounts.models import Grant, User
from incisor.clinics.hooks import Misfit, Reason, bookings_between
from incisor.clinics.models import Clinic
from incisor.clinics.queries import opening
from incisor.clinics.rules import LAST_MINUTE, Opening, Stretch, WeeklyHours, wall_span
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import Span, common, joined, lies_in, meet, span_of, without
from incisor.staff.enums import StaffKind
from incisor.staff.models import Leave, Placement, RosterException, RosterRule, Shift, ShiftDuty, StaffMember
from incisor.staff.rules import DayException, Duty, rostered_on, uncovered, working_on


@dataclass(frozen=True)
class RosterPeriod:
    """A person's weekly hours and the days between which they hold; valid_until None: no end."""

    valid_from: date
    valid_until: date | None
    week: tuple[Stretch, ...]


@dataclass(frozen=True)
class RosterCell:
    """One person's day in a clinic. away: on leave; is_special: other hours were entered for that day, with a reason."""

    day: date
    working: tuple[Span, ...]
    rostered: tuple[Span, ...]
    away: tuple[Span, ...]
    is_special: bool
    reason: str
    duties: tuple[ShiftDuty, ...]


@dataclass(frozen=True)
class RosterLine:
    """One person's week."""

    person: StaffMember
    cells: tuple[RosterCell, ...]


@dataclass(frozen=True)
class RosterWeek:
    """A week of a clinic: its days, when it is open, and everybody's line."""

    days: tuple[date, ...]
    lines: tuple[RosterLine, ...]
    opening: Opening
    spans: dict[date, Span]


def _placed_in(clinic_id: uuid.UUID) -> QuerySet[StaffMember]:
    """People who work in the clinic now, each with `usual_chair_id`, in their order there."""
    here = StaffMember.objects.filter(placements__clinic_id=clinic_id, placements__is_active=True, is_active=True)
    usual = here.annotate(usual_chair_id=F("placements__chair_id"))
    return usual.order_by("placements__position", "number", "pk")


def dentists(clinic: Clinic) -> list[StaffMember]:
    """Return the dentists who work in the clinic, each with `usual_chair_id`, in their order on the calendar."""
    return _dentists(clinic.pk)


@prepared
def _dentists(clinic_id: uuid.UUID) -> QuerySet[StaffMember]:
    return _placed_in(clinic_id).filter(kind=StaffKind.DENTIST)


def dentist(clinic: Clinic, staff_id: Any) -> StaffMember:
    """Return a dentist who works in the clinic, with `usual_chair_id`. Raises NotFound."""
    for row in dentists(clinic):
        if row.pk == as_uuid(staff_id):
            return row
    raise NotFound()


def lock_dentists(staff_ids: Iterable[Any]) -> None:
    """Lock people until the transaction ends, in the order of their keys; before chairs and patients."""
    _locked(tuple({key for key in map(as_uuid, staff_ids) if key}))


@prepared
def _locked(ids: tuple[uuid.UUID, ...]) -> QuerySet[Any, Any]:
    found = StaffMember.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    return found.order_by("pk").values_list("pk", flat=True)


def duties(
    clinic: Clinic, staff_ids: Collection[Any], first: date, last: date, *, kinds: dict[date, str]
) -> dict[Any, Duty]:
    """Return when people are on duty in the clinic from the first to the last day, by id.

    kinds: what the calendar of public holidays says, as `clinics.queries.opening` returns it.
    """
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    roster: dict[Any, list[WeeklyHours]] = defaultdict(list)
    ids = tuple(staff_ids)
    for staff_id, *row in _rules(clinic.pk, ids, first, last):
        roster[staff_id].append(WeeklyHours(*row))
    exceptions: dict[Any, list[DayException]] = defaultdict(list)
    for staff_id, *row in _exceptions(clinic.pk, ids, first, last):
        exceptions[staff_id].append(DayException(*row))
    leave: dict[Any, list[Span]] = defaultdict(list)
    for staff_id, starts, ends in _away(ids, starts_at, ends_at):
        leave[staff_id].append(span_of(starts, ends))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def on_duty(key: Any, day: date) -> Iterable[Span]:
        week, special = roster[key], exceptions[key]
        return rostered_on(day=day, roster=week, exceptions=special, kind=kinds.get(day), zone=clinic.zone)

    return {
        staff_id: Duty(
            rostered=tuple(span for day in days for span in on_duty(staff_id, day)),
            leave=tuple(leave[staff_id]),
        )
        for staff_id in staff_ids
    }


@prepared
def _rules(clinic_id: uuid.UUID, ids: tuple[uuid.UUID, ...], first: date, last: date) -> QuerySet[Any, Any]:
    found = RosterRule.objects.filter(clinic_id=clinic_id, staff_id__in=ids, valid_from__lte=last)
    return found.filter(Q(valid_until=None) | Q(valid_until__gte=first)).values_list(
        "staff_id", "weekday", "starts", "ends", "valid_from", "valid_until"
    )


@prepared
def _exceptions(clinic_id: uuid.UUID, ids: tuple[uuid.UUID, ...], first: date, last: date) -> QuerySet[Any, Any]:
    found = RosterException.objects.filter(clinic_id=clinic_id, staff_id__in=ids, day__gte=first, day__lte=last)
    return found.values_list("staff_id", "day", "starts", "ends")


@prepared
def _away(ids: tuple[uuid.UUID, ...], starts_at: datetime, ends_at: datetime) -> QuerySet[Any, Any]:
    found = Leave.objects.filter(staff_id__in=ids, cancelled_at=None, ends_at__gt=starts_at, starts_at__lt=ends_at)
    return found.values_list("staff_id", "starts_at", "ends_at")


def working_minutes(clinic: Clinic, staff: StaffMember, day: date) -> list[Span]:
    """Return the minutes of a day in which the person takes patients in the clinic."""
    opened = opening(clinic, day, day)
    duty = duties(clinic, [staff.pk], day, day, kinds=opened.kinds)[staff.pk]
    return working_on(rostered=duty.rostered, opened=opened.open, leave=duty.leave)


def usual_chair_of(clinic: Clinic, staff: StaffMember) -> Any:
    """Return the id of the chair at which the person usually works in the clinic, None when there is none."""
    return Placement.objects.filter(clinic=clinic, staff=staff).values_list("chair_id", flat=True).first()


def member(clinic: Clinic, staff_id: Any) -> StaffMember:
    """Return a person who works or worked in the clinic, with `usual_chair_id`. Raises NotFound."""
    found = (
        StaffMember.objects.filter(placements__clinic=clinic, pk=staff_id)
        .annotate(usual_chair_id=F("placements__chair_id"), position=F("placements__position"))
        .annotate(is_here=F("placements__is_active"))
        .select_related("user")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def people(clinic: Clinic, *, state: str = "active", kind: str = "") -> list[StaffMember]:
    """Return who works in the clinic, in their order. state: "active", "inactive" (left, or no longer here) or "all"."""
    found = StaffMember.objects.filter(placements__clinic=clinic).annotate(
        usual_chair_id=F("placements__chair_id"),
        usual_chair=F("placements__chair__name"),
        is_here=F("placements__is_active"),
    )
    if state == "active":
        found = found.filter(is_active=True, is_here=True)
    elif state == "inactive":
        found = found.filter(Q(is_active=False) | Q(is_here=False))
    if kind:
        found = found.filter(kind=kind)
    return list(found.order_by("kind", "placements__position", "number", "pk"))


def team(clinic: Clinic) -> list[StaffMember]:
    """Return everybody who works in the clinic now: dentists first, then by kind, in their order there."""
    order = {kind: number for number, kind in enumerate(StaffKind.values)}
    return sorted(_placed_in(clinic.pk), key=lambda row: order[row.kind])


def clinics_where_placed(staff: StaffMember) -> list[Clinic]:
    """Return the clinics in which the person works now, by code."""
    ids = Placement.objects.filter(staff=staff, is_active=True).values_list("clinic_id", flat=True)
    return list(Clinic.objects.filter(pk__in=list(ids)).order_by("code"))


def suggested_number() -> str:
    """Return a staff number that nobody has yet: the next after the highest plain one."""
    plain = [int(number) for number in StaffMember.objects.values_list("number", flat=True) if number.isdigit()]
    return f"{max(plain, default=0) + 1:03d}"


def accounts_for(clinic: Clinic, staff: StaffMember | None) -> list[User]:
    """Return the accounts with a role in the clinic that belong to nobody else, by name."""
    taken = StaffMember.objects.exclude(user=None).values_list("user_id", flat=True)
    if staff is not None:
        taken = taken.exclude(pk=staff.pk)
    here = Grant.objects.filter(Q(clinic_id=clinic.pk) | Q(clinic_id=None)).values_list("user_id", flat=True)
    found = User.objects.filter(
        Q(pk__in=here, is_active=True) | Q(pk=staff.user_id if staff else None), is_system=False, is_machine=False
    )
    return list(found.exclude(pk__in=list(taken)).order_by("name", "username"))


def staff_of(user: User) -> StaffMember | None:
    """Return the person whose account it is, None when it is nobody's."""
    return StaffMember.objects.filter(user=user).first()


def roster_periods(clinic: Clinic, staff: StaffMember) -> list[RosterPeriod]:
    """Return the person's weekly hours in the clinic, one entry for each stretch of dates, the latest first."""
    grouped: dict[tuple[date, date | None], list[Stretch]] = {}
    for row in RosterRule.objects.filter(clinic=clinic, staff=staff).order_by("weekday", "starts", "pk"):
        grouped.setdefault((row.valid_from, row.valid_until), []).append(Stretch(row.weekday, row.starts, row.ends))
    ordered = sorted(grouped.items(), key=lambda item: item[0][0], reverse=True)
    return [RosterPeriod(first, last, tuple(week)) for (first, last), week in ordered]


def roster_week_on(clinic: Clinic, staff: StaffMember, day: date) -> list[Stretch]:
    """Return the weekly hours of the person that hold in the clinic on that day."""
    rows = RosterRule.objects.filter(clinic=clinic, staff=staff, valid_from__lte=day).exclude(valid_until__lt=day)
    return [Stretch(row.weekday, row.starts, row.ends) for row in rows.order_by("weekday", "starts")]


def day_exceptions(clinic: Clinic, staff: StaffMember, day: date) -> list[RosterException]:
    """Return what was entered for that one day, by time."""
    rows = RosterException.objects.filter(clinic=clinic, staff=staff, day=day)
    return list(rows.order_by("starts", "pk"))


def leaves(clinic: Clinic, *, since: datetime, staff: StaffMember | None = None) -> list[Leave]:
    """Return the leaves, present and to come, of the people of the clinic, by time."""
    rows = Leave.objects.filter(ends_at__gt=since, cancelled_at=None, staff__placements__clinic=clinic)
    if staff is not None:
        rows = rows.filter(staff=staff)
    return list(rows.select_related("staff").order_by("starts_at", "pk"))


def past_leaves(clinic: Clinic, *, until: datetime, limit: int = 50) -> list[Leave]:
    """Return the latest leaves of the people of the clinic that are over or were cancelled, the latest first."""
    rows = Leave.objects.filter(Q(ends_at__lte=until) | Q(cancelled_at__isnull=False), staff__placements__clinic=clinic)
    return list(rows.select_related("staff").order_by("-starts_at", "pk")[:limit])


def leave(clinic: Clinic, leave_id: Any) -> Leave:
    """Return a leave of somebody who works in the clinic. Raises NotFound."""
    rows = Leave.objects.filter(pk=leave_id, staff__placements__clinic=clinic)
    found = rows.select_related("staff").first()
    if found is None:
        raise NotFound()
    return found


def shifts(clinic: Clinic, *, active_only: bool = True) -> list[Shift]:
    """Return the clinic's kinds of desk shift, by their beginning."""
    rows = Shift.objects.filter(clinic=clinic).order_by("-is_active", "starts", "code")
    return list(rows.filter(is_active=True) if active_only else rows)


def shift(clinic: Clinic, shift_id: Any) -> Shift:
    """Return a kind of desk shift of the clinic. Raises NotFound."""
    found = Shift.objects.filter(clinic=clinic, pk=shift_id).first()
    if found is None:
        raise NotFound()
    return found


def shift_duties(clinic: Clinic, first: date, last: date) -> list[ShiftDuty]:
    """Return who is on which desk shift from the first to the last day."""
    rows = ShiftDuty.objects.filter(clinic=clinic, day__gte=first, day__lte=last).select_related("shift", "staff")
    return list(rows.order_by("day", "shift__starts", "staff__number", "pk"))


def duty_stamp(rows: Iterable[ShiftDuty]) -> str:
    """Return a short text that changes whenever the duties do: to see whether somebody else was at them."""
    keys = sorted(f"{row.staff_id} {row.day} {row.shift_id}" for row in rows)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def bookings_outside_duty(clinic: Clinic, *, since: datetime, staff: StaffMember | None = None) -> list[Misfit]:
    """Return the bookings from then on whose dentist (or the given person) will not be there."""
    hits = bookings_between(clinic, start=since, staff=staff)
    if not hits:
        return []
    first, last = (local(at, clinic.zone).date() for at in (hits[0].starts_at, max(hit.ends_at for hit in hits)))
    ids = {hit.staff_id for hit in hits}
    times = duties(clinic, ids, first, last, kinds=opening(clinic, first, last).kinds)
    here = set(
        Placement.objects.filter(clinic=clinic, staff__in=ids, is_active=True, staff__is_active=True).values_list(
            "staff_id", flat=True
        )
    )
    rostered = {staff_id: joined(duty.rostered) for staff_id, duty in times.items()}
    misfits = []
    for hit in hits:
        span, duty = span_of(hit.starts_at, hit.ends_at), times[hit.staff_id]
        if hit.staff_id not in here:
            misfits.append(Misfit(hit, Reason.STAFF_GONE))
        elif any(meet(span, away) for away in duty.leave):
            misfits.append(Misfit(hit, Reason.ON_LEAVE))
        elif not lies_in(rostered[hit.staff_id], span):
            misfits.append(Misfit(hit, Reason.NOT_ON_DUTY))
    return misfits


def roster_week(clinic: Clinic, monday: date) -> RosterWeek:
    """Return who works when in a week: everybody who works in the clinic, day by day."""
    days = [monday + timedelta(days=n) for n in range(7)]
    everybody = team(clinic)
    ids = [row.pk for row in everybody]
    times = opening(clinic, days[0], days[-1])
    at_work = duties(clinic, ids, days[0], days[-1], kinds=times.kinds)
    special: dict[tuple[Any, date], str] = {
        (staff_id, day): reason
        for staff_id, day, reason in RosterException.objects.filter(
            clinic=clinic, staff__in=ids, day__gte=days[0], day__lte=days[-1]
        ).values_list("staff_id", "day", "reason")
    }
    desk: dict[tuple[Any, date], list[ShiftDuty]] = defaultdict(list)
    for row in shift_duties(clinic, days[0], days[-1]):
        desk[row.staff_id, row.day].append(row)
    spans = {day: wall_span(day, time(0), LAST_MINUTE, clinic.zone) for day in days}
    lines = [
        RosterLine(
            person,
            tuple(
                RosterCell(
                    day=day,
                    working=tuple(_at_work(person, at_work[person.pk], times, spans[day])),
                    rostered=tuple(common(at_work[person.pk].rostered, [spans[day]])),
                    away=tuple(common(at_work[person.pk].leave, [spans[day]])),
                    is_special=(person.pk, day) in special,
                    reason=special.get((person.pk, day), ""),
                    duties=tuple(desk[person.pk, day]),
                )
                for day in days
            ),
        )
        for person in everybody
    ]
    return RosterWeek(days=tuple(days), lines=tuple(lines), opening=times, spans=spans)


def _at_work(person: StaffMember, duty: Duty, times: Opening, day: Span) -> list[Span]:
    """Return the minutes of the day at work: a dentist's while the clinic is open, anybody else's as rostered."""
    today = common(duty.rostered, [day])
    if person.kind == StaffKind.DENTIST:
        return working_on(rostered=today, opened=times.open, leave=duty.leave)
    return without(today, duty.leave)


def desk_gaps(clinic: Clinic, week: RosterWeek) -> dict[date, list[Span]]:
    """Return, day by day, when the clinic is open in that week and nobody is on a desk shift."""
    present: dict[date, list[Span]] = {day: [] for day in week.days}
    for line in week.lines:
        for cell in line.cells:
            for duty in cell.duties:
                span = wall_span(cell.day, duty.shift.starts, duty.shift.ends, clinic.zone)
                present[cell.day] += without([span], cell.away)
    return {day: uncovered(opened=open_that_day(week, day), present=present[day]) for day in week.days}


def open_that_day(week: RosterWeek, day: date) -> list[Span]:
    """Return when the clinic is open on a day of the week."""
    return common(week.opening.open, [week.spans[day]])


def shift_counts(clinic: Clinic, first: date, last: date) -> dict[Any, tuple[int, int]]:
    """Return how many desk shifts each person has from the first to the last day, and how many at the weekend."""
    counts: dict[Any, tuple[int, int]] = {}
    rows = ShiftDuty.objects.filter(clinic=clinic, day__gte=first, day__lte=last)
    for staff_id, day in rows.values_list("staff_id", "day"):
        every, weekend = counts.get(staff_id, (0, 0))
        counts[staff_id] = (every + 1, weekend + (day.weekday() >= 5))
    return counts

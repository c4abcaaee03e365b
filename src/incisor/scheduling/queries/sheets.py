"""The calendar's sheets: who works when, what is shaded, which gaps are left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import opening
from incisor.kernel.clock import day_bounds, zone
from incisor.kernel.spans import Span, minute_of, moment_of, without
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries.blocking import Blocked, blocks_between
from incisor.scheduling.queries.lists import appointments_between
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import Surroundings
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists as dentists_of
from incisor.staff.queries import duties
from incisor.staff.rules import working_on

SHORTEST_GAP = 15
EARLIEST, LATEST = 8, 18


@dataclass(frozen=True)
class Line:
    """One line of a day's sheet: an appointment, a block, or a gap that can be booked."""

    starts_at: datetime
    ends_at: datetime
    appointment: Appointment | None = None
    block: Blocked | None = None

    @property
    def minutes(self) -> int:
        return minute_of(self.ends_at) - minute_of(self.starts_at)


@dataclass(frozen=True)
class Sheet:
    """A dentist's day. is_off: takes no patients that day."""

    dentist: StaffMember
    lines: list[Line]
    is_off: bool


def shown_hours(clinic: Clinic, first: date, last: date) -> tuple[int, int]:
    """Return the first and last hour that the calendar shows: opening hours of these days, at least 8 to 18."""
    tz = zone(clinic.zone)
    walls = [
        (moment_of(start).astimezone(tz), moment_of(end - 1).astimezone(tz))
        for start, end in opening(clinic, first, last).hours
    ]
    return (
        min([EARLIEST, *(start.hour for start, _ in walls)]),
        max([LATEST, *(end.hour + 1 for _, end in walls)]),
    )


def shading(
    clinic: Clinic, first: date, last: date, *, dentists: Sequence[StaffMember] = (), chairs: Sequence[Chair] = ()
) -> dict[Any, list[Span]]:
    """Return by id the minutes of these days in which the dentist does not work, the chair or the clinic is closed."""
    opened = opening(clinic, first, last)
    duty = duties(clinic, [row.pk for row in dentists], first, last, kinds=opened.kinds) if dentists else {}
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    whole = [(minute_of(starts_at), minute_of(ends_at))]
    shaded: dict[Any, list[Span]] = {
        key: without(whole, working_on(rostered=mine.rostered, opened=opened.open, leave=mine.leave))
        for key, mine in duty.items()
    }
    for chair in chairs:
        shaded[chair.pk] = without(whole, without(opened.open, opened.shut_chair(chair.pk)))
    return shaded


def day_sheets(clinic: Clinic, day: date, *, now: datetime) -> list[Sheet]:
    """Return each dentist's day as lines: appointments, blocks and the gaps between them, by time."""
    dentists = dentists_of(clinic)
    around = surroundings(clinic, dentists=dentists, chairs=chairs_of(clinic), first=day, last=day, at=now)
    bounds = day_bounds(day, clinic.zone)
    by_id: dict[Any, StaffMember] = {row.pk: row for row in dentists}
    lines: dict[Any, list[Line]] = {key: [] for key in by_id}
    for one in appointments_between(clinic, *bounds):
        lines.setdefault(one.dentist_id, []).append(Line(one.starts_at, one.ends_at, appointment=one))
    for block in blocks_between(clinic, *bounds):
        whose = [block.dentist_id] if block.dentist_id is not None else [] if block.chair_id is not None else by_id
        for key in whose:
            lines.setdefault(key, []).append(Line(block.starts_at, block.ends_at, block=block))
    for dentist in dentists:
        lines[dentist.pk] += [Line(moment_of(a), moment_of(b)) for a, b in _gaps(around, dentist, now)]
    gone = [key for key in lines if key not in by_id]  # somebody who no longer works here still has patients today
    by_id.update({one.pk: one for one in StaffMember.objects.filter(pk__in=gone)} if gone else {})
    return [
        Sheet(
            by_id[key],
            sorted(rows, key=lambda line: (line.starts_at, line.ends_at)),
            is_off=key in gone or not around.working(key),
        )
        for key, rows in lines.items()
    ]


def _gaps(around: Surroundings, dentist: StaffMember, now: datetime) -> list[Span]:
    taken = around.taken_of(dentist.pk)
    this_minute = minute_of(now + timedelta(minutes=4))
    past = [(0, this_minute - this_minute % 5)]
    free = without(around.working(dentist.pk), [*taken, *past])
    return [(start, end) for start, end in free if end - start >= SHORTEST_GAP]

"""How full days are: booked against open minutes, of one clinic over a month, of several clinics on one day.

A fixed number of statements a clinic, each a range of one index; plain minutes instead of rows with parts.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from incisor.clinics.enums import HolidayKind
from incisor.clinics.models import Clinic
from incisor.clinics.queries import opening
from incisor.clinics.rules import Opening
from incisor.kernel.clock import day_bounds
from incisor.kernel.db.functions import MinuteOf
from incisor.kernel.db.prepared import prepared
from incisor.kernel.spans import Span, meet, minute_of, without
from incisor.scheduling.enums import BlockKind
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment
from incisor.scheduling.queries.blocking import blocks_between
from incisor.scheduling.rules import Load, loads
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists as dentists_of
from incisor.staff.queries import duties
from incisor.staff.rules import working_on

# Kept for emergencies or for some treatments, but patients are taken in it.
STILL_OPEN = frozenset({BlockKind.RESERVE, BlockKind.ONLY})


@dataclass(frozen=True)
class DayLoad:
    """A day on the month's page. closed: why the clinic takes nobody, a holiday's name or a closure's reason."""

    day: date
    load: Load
    is_closed: bool
    closed: str
    is_make_up_day: bool


@dataclass(frozen=True)
class DentistLoad:
    """A dentist's day."""

    dentist: StaffMember
    load: Load


@dataclass(frozen=True)
class ClinicLoad:
    """A clinic's day beside those of other clinics."""

    clinic: Clinic
    day: DayLoad
    dentists: list[DentistLoad]


@dataclass(frozen=True)
class _Times:
    bounds: list[int]
    opened: Opening
    working: dict[Any, list[Span]]
    taken: dict[Any, list[Span]]
    dentists: list[StaffMember]


def month_loads(clinic: Clinic, first: date, last: date, *, dentist: StaffMember | None = None) -> list[DayLoad]:
    """Return how full each day from the first to the last is, of the clinic or of one dentist."""
    return _days(_times(clinic, first, last, dentist=dentist), first)


def clinic_load(clinic: Clinic, day: date) -> ClinicLoad:
    """Return how full a clinic's day is, as a whole and for each dentist who works or is booked."""
    times = _times(clinic, day, day)
    dentists = [
        DentistLoad(one, figures)
        for one in times.dentists
        if (
            figures := loads(
                times.bounds,
                working={one.pk: times.working.get(one.pk, [])},
                taken={one.pk: times.taken.get(one.pk, [])},
            )[0]
        )
        != Load()
    ]
    return ClinicLoad(clinic, _days(times, day)[0], dentists)


def _times(clinic: Clinic, first: date, last: date, *, dentist: StaffMember | None = None) -> _Times:
    count = (last - first).days + 1
    starts_at, ends_at = day_bounds(first, clinic.zone, days=count)
    opened = opening(clinic, first, last)
    dentists = dentists_of(clinic) if dentist is None else [dentist]
    duty = duties(clinic, [row.pk for row in dentists], first, last, kinds=opened.kinds)
    blocked: dict[Any, list[Span]] = defaultdict(list)
    for block in blocks_between(clinic, starts_at, ends_at):
        if block.kind not in STILL_OPEN and block.chair_id is None:
            for key in duty if block.dentist_id is None else [block.dentist_id]:
                blocked[key].append((minute_of(block.starts_at), minute_of(block.ends_at)))
    taken: dict[Any, list[Span]] = defaultdict(list)
    for dentist_id, start, end in _taken(clinic.pk, starts_at, ends_at):
        if dentist is None or dentist_id == dentist.pk:
            taken[dentist_id].append((start, end))
    return _Times(
        bounds=[minute_of(day_bounds(first + timedelta(days=n), clinic.zone)[0]) for n in range(count + 1)],
        opened=opened,
        working={
            key: without(working_on(rostered=mine.rostered, opened=opened.open, leave=mine.leave), blocked.get(key, ()))
            for key, mine in duty.items()
        },
        taken=dict(taken),
        dentists=dentists,
    )


@prepared
def _taken(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> QuerySet[Any, Any]:
    found = Appointment.objects.filter(
        clinic_id=clinic_id, starts_at__gte=starts_at, starts_at__lt=ends_at, status__in=OCCUPYING_VALUES
    )
    return found.values_list("dentist_id", MinuteOf("starts_at"), MinuteOf("ends_at"))


def _days(times: _Times, first: date) -> list[DayLoad]:
    opened = times.opened
    open_spans = opened.open
    return [
        DayLoad(
            day=day,
            load=load,
            is_closed=not any(meet(span, bounds) for span in open_spans),
            closed=opened.holidays.get(day) or _reason(opened, bounds),
            is_make_up_day=opened.kinds.get(day) == HolidayKind.WORKDAY,
        )
        for day, bounds, load in zip(
            (first + timedelta(days=n) for n in range(len(times.bounds))),
            zip(times.bounds, times.bounds[1:], strict=False),
            loads(times.bounds, working=times.working, taken=times.taken),
            strict=False,
        )
    ]


def _reason(opened: Opening, bounds: Span) -> str:
    """The reason of a closure of the whole clinic that touches the day."""
    return next((row.reason for row in opened.shut if row.chair is None and meet(row.span, bounds)), "")


def several_clinics(clinics: Sequence[Clinic], day: date) -> list[ClinicLoad]:
    """Return the day of each clinic, in their order. A fixed number of statements for each."""
    return [clinic_load(clinic, day) for clinic in clinics]

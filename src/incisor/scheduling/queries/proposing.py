"""Free times, the best of them with their reasons, and what to offer instead of a time that is taken."""

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.kernel.clock import zone
from incisor.kernel.db.prepared import prepared
from incisor.kernel.spans import Span, minute_of, moment_of, without
from incisor.patients.models import Patient
from incisor.scheduling.enums import ProposalReason as R
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, Hold
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import (
    Candidate,
    Filter,
    Need,
    Rank,
    Surroundings,
    best,
    grid_starts,
    judge,
    starts_for,
    suits,
)
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists as dentists_of

STEP = 15
SEARCH_FURTHER_DAYS = 28
Starts = dict[Any, dict[Any, list[Span]]]


class Slot(NamedTuple):
    """A time that can be booked at once."""

    dentist: StaffMember
    chair: Chair
    starts_at: datetime
    ends_at: datetime
    reasons: tuple[R, ...] = ()


class Habit(NamedTuple):
    """What the patient's last appointments show. hour: of the wall clock; None when nothing is known."""

    dentist_id: Any = None
    hour: float | None = None
    weekday: int | None = None


def free_slots(
    clinic: Clinic,
    *,
    dentists: Sequence[StaffMember],
    need: Need,
    first: date,
    days: int,
    now: datetime,
    patient: Patient | None = None,
    step: int = STEP,
) -> list[Slot]:
    """Return every free time of the dentists from a day on, each with the chair to use; by dentist, then time."""
    chairs = chairs_of(clinic)
    around = surroundings(
        clinic,
        dentists=dentists,
        chairs=chairs,
        patients=[patient] if patient else (),
        first=first,
        last=first + timedelta(days=days - 1),
        at=now,
        need=need,
    )
    starts = starts_of(around, dentists, chairs, need, now)
    by_id = {chair.pk: chair for chair in chairs}
    length = timedelta(minutes=need.minutes)
    return [
        Slot(dentist, by_id[chair_id], starts_at := moment_of(start), starts_at + length)
        for dentist in dentists
        for start, chair_id in on_chairs(around, dentist, starts[dentist.pk], step)
    ]


def starts_of(
    around: Surroundings,
    dentists: Iterable[StaffMember],
    chairs: Iterable[Chair],
    need: Need,
    now: datetime,
    assistant: StaffMember | None = None,
) -> Starts:
    """Return when each dentist may begin on each chair."""
    return starts_for(
        around,
        dentists=[row.pk for row in dentists],
        chairs=[row.pk for row in chairs],
        need=need,
        assistant=assistant.pk if assistant else None,
        now=minute_of(now),
    )


def on_chairs(
    around: Surroundings, dentist: StaffMember, by_chair: dict[Any, list[Span]], step: int
) -> list[tuple[int, Any]]:
    """Return the starts of a dentist, each with its chair: the usual one, else the first in order that is free."""
    usual = around.usual_chairs.get(dentist.pk)
    found: dict[int, Any] = {}
    for chair in sorted(by_chair, key=lambda one: one != usual):
        for start in grid_starts(by_chair[chair], step=step):
            found.setdefault(start, chair)
    return sorted(found.items(), key=lambda row: row[0])


def own_dentist_of(clinic: Clinic, patient: Patient) -> Any:
    """Return the id of the dentist whom the patient saw or will see last, None for a new patient."""
    return habit_of(clinic, patient).dentist_id


def habit_of(clinic: Clinic, patient: Patient | None) -> Habit:
    """Return what the patient's last five appointments in the clinic show."""
    if patient is None:
        return Habit()
    last = _last_five(clinic.pk, patient.pk)
    if not last:
        return Habit()
    walls = [starts_at.astimezone(zone(clinic.zone)) for _dentist_id, starts_at in last]
    return Habit(last[0][0], sum(wall.hour + wall.minute / 60 for wall in walls) / len(walls))


@prepared
def _last_five(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = Appointment.objects.filter(clinic_id=clinic_id, patient_id=patient_id, status__in=OCCUPYING_VALUES)
    return found.order_by("-starts_at").values_list("dentist_id", "starts_at")[:5]


def _habit_of_move(clinic: Clinic, besides: Appointment) -> Habit:
    """What is moved should change little: the same dentist, the same hour."""
    wall = besides.starts_at.astimezone(zone(clinic.zone))
    return Habit(besides.dentist_id, wall.hour + wall.minute / 60, wall.weekday())


class Wall:
    """Wall-clock day and minute of a start, quickly: the offset is looked up once a day, for each start when clocks change."""

    def __init__(self, zone_name: str) -> None:
        self.zone = zone(zone_name)
        self.of_days: dict[int, int | None] = {}

    def of(self, minute: int) -> tuple[int, int]:
        day = minute // 1440
        if day not in self.of_days:
            first, last = self._offset(day * 1440), self._offset(day * 1440 + 1440)
            self.of_days[day] = first if first == last else None
        offset = self.of_days[day]
        return divmod(minute + (self._offset(minute) if offset is None else offset), 1440)

    def _offset(self, minute: int) -> int:
        found = moment_of(minute).astimezone(self.zone).utcoffset() or timedelta()
        return int(found.total_seconds()) // 60


def proposals(
    clinic: Clinic,
    *,
    patient: Patient | None,
    need: Need,
    wanted: Filter,
    now: datetime,
    dentist: StaffMember | None = None,
    besides: Appointment | None = None,
    besides_hold: Hold | None = None,
    rank: Rank | None = None,
    count: int = 5,
) -> list[Slot]:
    """Return the best few free times over all dentists, each with why; empty when nothing fits.

    In the order of time, as one reads them out on the phone. dentist: only this one. besides: the appointment that is
    to be moved; then the one that changes least comes first.
    """
    habit = _habit_of_move(clinic, besides) if besides else habit_of(clinic, patient)
    own = habit.dentist_id
    dentists = choice_of(clinic, need, dentist, own if wanted.is_own_dentist else None, specialty=wanted.specialty)
    chairs = chairs_of(clinic)
    around = surroundings(
        clinic,
        dentists=dentists,
        chairs=chairs,
        patients=[patient] if patient else (),
        first=wanted.first,
        last=wanted.last,
        at=now,
        need=need,
        besides=besides,
        besides_hold=besides_hold,
    )
    starts = starts_of(around, dentists, chairs, need, now)
    rank = rank or judge(reserve=clinic.buffer_percent / 100, is_urgent=wanted.is_urgent, is_move=besides is not None)
    candidates = list(_candidates(clinic, around, dentists, starts, need, wanted, now, habit))
    people: dict[Any, StaffMember] = {row.pk: row for row in dentists}
    places: dict[Any, Chair] = {row.pk: row for row in chairs}
    length = timedelta(minutes=need.minutes)
    found = [
        Slot(people[one.dentist], places[one.chair], at := moment_of(one.start), at + length, reasons)
        for one, reasons in best(candidates, rank=rank, count=count)
    ]
    if besides is not None:
        return found
    return sorted(found, key=lambda slot: (slot.starts_at, dentists.index(slot.dentist)))


def choice_of(
    clinic: Clinic, need: Need, dentist: StaffMember | None, only: Any, *, specialty: str = ""
) -> list[StaffMember]:
    """Return the dentists among whom to look: the one named, else those of the specialty, else whoever suits."""
    if dentist is not None:
        return [dentist]
    everybody = dentists_of(clinic)
    if specialty:
        return [row for row in everybody if specialty in row.specialties]
    suitable = [row for row in everybody if suits(need, row.specialties)] or everybody
    return [row for row in suitable if row.pk == only] or suitable if only is not None else suitable


def _candidates(
    clinic: Clinic,
    around: Surroundings,
    dentists: Sequence[StaffMember],
    starts: Starts,
    need: Need,
    wanted: Filter,
    now: datetime,
    habit: Habit,
) -> Iterable[Candidate]:
    wall = Wall(clinic.zone)
    epoch = date(1970, 1, 1).toordinal()
    this_minute = minute_of(now)
    blocked = need.minutes + need.buffer
    for dentist in dentists:
        key = dentist.pk
        working = around.working(key)
        free = without(working, around.taken_of(key))
        begins = [span[0] for span in free]
        load = _loads(working, free, wall)
        usual = around.usual_chairs.get(key)
        is_own = key == habit.dentist_id
        is_specialist = bool(need.specialties) and need.specialties <= frozenset(dentist.specialties)
        days: dict[int, tuple[bool, bool, float]] = {}  # whether it is asked for, the usual weekday, and how full
        for start, chair in on_chairs(around, dentist, starts[key], STEP):
            day, minute = wall.of(start)
            if day not in days:
                local_day, (work, taken) = date.fromordinal(epoch + day), load.get(day, (0, 0))
                is_usual_day = local_day.weekday() == habit.weekday
                full = min((taken + need.minutes) / work, 1.0) if work else 1.0
                days[day] = wanted.allows_day(local_day), is_usual_day, full
            is_allowed, is_usual_day, full = days[day]
            if not is_allowed or not wanted.allows_minute(minute):
                continue
            gap = free[bisect_right(begins, start) - 1]
            yield Candidate(
                dentist=key,
                chair=chair,
                start=start,
                wait=start - this_minute,
                load=full,
                hour=minute / 60,
                day=day,
                gap_before=start - gap[0],
                gap_after=max(gap[1] - start - blocked, 0),
                is_own_dentist=is_own,
                is_usual_chair=usual is None or chair == usual,
                is_specialist=is_specialist,
                usual_hour=habit.hour,
                is_usual_weekday=is_usual_day,
            )


def _loads(working: list[Span], free: list[Span], wall: Wall) -> dict[int, tuple[int, int]]:
    """Minutes of work and of those taken, by day; a span belongs to the day on which it begins."""
    loads: dict[int, tuple[int, int]] = {}
    for spans, work_sign, taken_sign in ((working, 1, 1), (free, 0, -1)):
        for start, end in spans:
            day = wall.of(start)[0]
            work, taken = loads.get(day, (0, 0))
            loads[day] = work + work_sign * (end - start), taken + taken_sign * (end - start)
    return loads

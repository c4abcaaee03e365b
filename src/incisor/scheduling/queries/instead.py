"""Whether one time is free, and what to offer instead of one that is taken (APT-6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.kernel.clock import zone
from incisor.kernel.spans import minute_of, moment_of
from incisor.patients.models import Patient
from incisor.scheduling.enums import ConflictKind
from incisor.scheduling.enums import ProposalReason as R
from incisor.scheduling.models import Appointment, Hold
from incisor.scheduling.queries.proposing import SEARCH_FURTHER_DAYS, Slot, choice_of, starts_of
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import (
    Conflict,
    Need,
    Surroundings,
    chair_for,
    conflicts,
    nearest_starts,
    starts_for,
    suits,
    wish_of,
)
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists as dentists_of


def check_time(
    clinic: Clinic,
    *,
    patient: Patient | None,
    need: Need,
    dentist: StaffMember | None,
    chair: Chair | None,
    starts_at: datetime,
    now: datetime,
    besides: Appointment | None = None,
    besides_hold: Hold | None = None,
) -> tuple[Slot | None, list[Conflict]]:
    """Return the slot if that time is free as things look now, else None and every reason against it.

    A look only: the gate checks again under locks. dentist, chair: None for any.
    """
    tz, length = zone(clinic.zone), timedelta(minutes=need.minutes)
    dentists = [dentist] if dentist is not None else choice_of(clinic, need, None, None)
    chairs = [chair] if chair is not None else chairs_of(clinic)
    around = surroundings(
        clinic,
        dentists=dentists,
        chairs=chairs,
        patients=[patient] if patient else (),
        first=starts_at.astimezone(tz).date(),
        last=(starts_at + length).astimezone(tz).date(),
        at=now,
        need=need,
        besides=besides,
        besides_hold=besides_hold,
    )
    start, starts = minute_of(starts_at), starts_of(around, dentists, chairs, need, now)
    by_id = {row.pk: row for row in chairs}
    first: list[Conflict] | None = None
    for person in dentists:
        usual = besides.chair_id if besides and besides.dentist_id == person.pk else around.usual_chairs.get(person.pk)
        chair_id = chair_for(starts[person.pk], start, usual=usual)
        if chair_id is not None:
            return Slot(person, by_id[chair_id], starts_at, starts_at + length), []
        told = next((row for row in chairs if row.pk == usual), None) or next(iter(chairs), None)
        if told is not None:
            wish = wish_of(need, dentist=person.pk, chair=told.pk, start=start)
            found = conflicts(wish, around, now=minute_of(now))
            first = found if first is None else [reason for reason in first if reason in found] or first
    return None, first or [Conflict(ConflictKind.ROSTER)]


def alternatives(
    clinic: Clinic,
    *,
    patient: Patient | None,
    need: Need,
    dentist: StaffMember | None,
    chair: Chair | None,
    starts_at: datetime,
    now: datetime,
    besides: Appointment | None = None,
    besides_hold: Hold | None = None,
    count: int = 3,
) -> list[Slot]:
    """Return the nearest times to offer instead (APT-6): another chair or dentist at that time, the dentist's next time."""
    day = max(starts_at, now).astimezone(zone(clinic.zone)).date()
    everybody = dentists_of(clinic)
    suitable = [row for row in everybody if suits(need, row.specialties)] or everybody
    if dentist is not None and dentist.pk not in {row.pk for row in suitable}:
        suitable = [row for row in everybody if row.pk == dentist.pk] + suitable
    chairs = chairs_of(clinic)
    patients = [patient] if patient else ()
    for days in (3, SEARCH_FURTHER_DAYS):
        around = surroundings(
            clinic, dentists=suitable, chairs=chairs, patients=patients, first=day, last=day + timedelta(days=days),
            at=now, need=need, besides=besides, besides_hold=besides_hold,
        )  # fmt: skip
        found = _nearest(around, suitable, chairs, need, dentist, chair, minute_of(starts_at), minute_of(now))
        if len(found) >= count:
            break
    places, length = {row.pk: row for row in chairs}, timedelta(minutes=need.minutes)
    return [
        Slot(person, places[chair_id], at := moment_of(start), at + length, reasons)
        for person, chair_id, start, reasons in found[:count]
    ]


def _nearest(
    around: Surroundings,
    dentists: Sequence[StaffMember],
    chairs: Sequence[Chair],
    need: Need,
    wanted_dentist: StaffMember | None,
    wanted_chair: Chair | None,
    wanted: int,
    now: int,
) -> list[tuple[StaffMember, Any, int, tuple[R, ...]]]:
    """First one of each kind (other chair, own dentist's nearest time, other dentist then), after that the nearest of all."""
    starts = starts_for(
        around,
        dentists=[row.pk for row in dentists],
        chairs=[row.pk for row in chairs],
        need=need,
        now=now,
    )
    same_time: list[tuple[StaffMember, Any, int, tuple[R, ...]]] = []
    other_time: list[tuple[StaffMember, Any, int, tuple[R, ...]]] = []
    for person in dentists:
        by_chair = starts[person.pk]
        usual = wanted_chair.pk if wanted_chair else around.usual_chairs.get(person.pk)
        is_wanted = wanted_dentist is not None and person.pk == wanted_dentist.pk
        chair = chair_for(by_chair, wanted, usual=usual)
        if chair is not None:
            same_time.append((person, chair, wanted, (R.OTHER_CHAIR if is_wanted else R.SAME_TIME,)))
        near = nearest_starts([span for spans in by_chair.values() for span in spans], wanted)
        for start in _apart(near, wanted, need.minutes):
            chair = chair_for(by_chair, start, usual=usual)
            other_time.append((person, chair, start, (R.SAME_DENTIST,) if is_wanted else ()))
    first = wanted_dentist.pk if wanted_dentist else None
    same_time.sort(key=lambda row: row[0].pk != first)
    other_time.sort(key=lambda row: (abs(row[2] - wanted), row[0].pk != first))
    own_time = [row for row in other_time if row[0].pk == first]
    ordered = [*same_time[:1], *own_time[:1], *same_time[1:2], *other_time[:6], *same_time[2:]]
    once: dict[tuple[Any, int], tuple[StaffMember, Any, int, tuple[R, ...]]] = {}
    for row in ordered:
        once.setdefault((row[0].pk, row[2]), row)
    return list(once.values())


def _apart(starts: list[int], wanted: int, length: int) -> list[int]:
    """The first starts of the list, without the wanted one, that do not overlap each other."""
    chosen: list[int] = []
    for start in starts:
        if start != wanted and all(abs(start - other) >= length for other in chosen):
            chosen.append(start)
        if len(chosen) == 4:
            break
    return chosen

"""Every free time that fits a search, soonest first: for whoever wants to see more than the few best."""

from datetime import date, datetime, timedelta
from typing import Any

from incisor.clinics.models import Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.kernel.spans import moment_of
from incisor.patients.models import Patient
from incisor.scheduling.queries.proposing import STEP, Slot, Wall, choice_of, habit_of, on_chairs, starts_of
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import Filter, Need
from incisor.staff.models import StaffMember

EPOCH = date(1970, 1, 1).toordinal()


def free_times(
    clinic: Clinic,
    *,
    patient: Patient | None,
    need: Need,
    wanted: Filter,
    now: datetime,
    dentist: StaffMember | None = None,
    count: int = 40,
) -> list[Slot]:
    """Return the soonest free times of all dentists who may be meant, by time, then in the order of the dentists.

    Times of one dentist do not overlap: whoever takes the first leaves the next one whole.
    """
    own = habit_of(clinic, patient).dentist_id if wanted.is_own_dentist else None
    dentists = choice_of(clinic, need, dentist, own, specialty=wanted.specialty)
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
    )
    starts = starts_of(around, dentists, chairs, need, now)
    wall, length = Wall(clinic.zone), need.before + need.minutes + need.buffer
    found: list[tuple[int, int, StaffMember, Any]] = []
    for order, person in enumerate(dentists):
        next_free = 0
        for start, chair in on_chairs(around, person, starts[person.pk], STEP):
            day, minute = wall.of(start)
            if start >= next_free and wanted.allows(date.fromordinal(EPOCH + day), minute):
                found.append((start, order, person, chair))
                next_free = start + length
    found.sort(key=lambda row: row[:2])
    places = {row.pk: row for row in chairs}
    lasts = timedelta(minutes=need.minutes)
    return [
        Slot(person, places[chair], at := moment_of(start), at + lasts)
        for start, _order, person, chair in found[:count]
    ]

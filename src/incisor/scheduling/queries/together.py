"""Times for a family: side by side with several dentists, or one after the other with one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.kernel.clock import zone
from incisor.kernel.spans import Span, minute_of, moment_of
from incisor.patients.enums import Relation
from incisor.patients.models import Patient
from incisor.patients.queries import family_of
from incisor.scheduling.enums import ProposalReason as R
from incisor.scheduling.queries.proposing import STEP, Slot, choice_of
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import Filter, Need, grid_starts, starts_for
from incisor.staff.models import StaffMember

MOST_PEOPLE = 4
GROWN_UP = 18


class Relative(NamedTuple):
    """Somebody of the family. is_preset: a child or a brother or sister under age comes along by default."""

    patient: Patient
    relation: str
    is_preset: bool


class Together(NamedTuple):
    """One proposal for all: a slot for each patient, in their order."""

    slots: tuple[Slot, ...]
    reasons: tuple[R, ...]

    @property
    def starts_at(self) -> datetime:
        return self.slots[0].starts_at


def relatives_of(patient: Patient, today: date) -> list[Relative]:
    """Return the patient's family in this clinic, children first to come along; the first relative when there are none."""
    links = [link for link in family_of(patient) if link.relative.clinic_id == patient.clinic_id]
    come_along = {Relation.CHILD.value, Relation.SIBLING.value}
    rows = [
        Relative(
            link.relative,
            link.get_relation_display(),
            link.relation in come_along and _age(link.relative, today) < GROWN_UP,
        )
        for link in links
    ]
    if rows and not any(row.is_preset for row in rows):
        rows[0] = rows[0]._replace(is_preset=True)
    return rows


def usual_party(patient: Patient, relatives: Sequence[Relative], today: date) -> list[Patient]:
    """Return who comes, before anybody has said: the patient and the children; of a parent with several the children alone."""
    children = [row.patient for row in relatives if row.is_preset]
    if len(children) > 1 and _age(patient, today) >= GROWN_UP:
        return children[:MOST_PEOPLE]
    return [patient, *children][:MOST_PEOPLE]


def _age(patient: Patient, today: date) -> int:
    born = patient.born_on
    return GROWN_UP if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def proposals_together(
    clinic: Clinic,
    *,
    patients: Sequence[Patient],
    need: Need,
    wanted: Filter,
    now: datetime,
    dentist: StaffMember | None = None,
    count: int = 5,
) -> list[Together]:
    """Return the soonest few times at which all of them can come at once, each with the same treatment; by time."""
    dentists = choice_of(clinic, need, dentist, None, specialty=wanted.specialty)
    chairs = chairs_of(clinic)
    around = surroundings(
        clinic, dentists=dentists, chairs=chairs, patients=patients, first=wanted.first, last=wanted.last,
        at=now, need=need,
    )  # fmt: skip
    starts = starts_for(
        around,
        dentists=[row.pk for row in dentists],
        chairs=[row.pk for row in chairs],
        need=need,
        now=minute_of(now),
    )
    places = {row.pk: row for row in chairs}
    usual = around.usual_chairs
    is_any = wanted.is_in_a_row == wanted.is_side_by_side
    options: list[Together] = []
    if is_any or wanted.is_side_by_side:
        options += _side_by_side(dentists, places, starts, usual, need, len(patients))
    if is_any or wanted.is_in_a_row:
        options += _in_a_row(dentists, places, starts, usual, need, len(patients))
    tz = zone(clinic.zone)
    allowed = [one for one in options if _allows(wanted, one.starts_at.astimezone(tz))]
    allowed.sort(key=lambda one: (one.starts_at, R.SIDE_BY_SIDE not in one.reasons))
    return _apart(allowed, need, count)


def _allows(wanted: Filter, wall: datetime) -> bool:
    return wanted.allows(wall.date(), wall.hour * 60 + wall.minute)


Starts = dict[Any, dict[Any, list[Span]]]


def _slot(dentist: StaffMember, chair: Chair, start: int, need: Need) -> Slot:
    starts_at = moment_of(start)
    return Slot(dentist, chair, starts_at, starts_at + timedelta(minutes=need.minutes))


def _side_by_side(
    dentists: Sequence[StaffMember], places: dict[Any, Chair], starts: Starts, usual: Any, need: Need, people: int
) -> list[Together]:
    found: list[Together] = []
    if len(dentists) < people:
        return found
    by_start: dict[int, dict[Any, list[Any]]] = {}
    for person in dentists:
        for chair, spans in starts[person.pk].items():
            for start in grid_starts(spans, step=STEP):
                by_start.setdefault(start, {}).setdefault(person.pk, []).append(chair)
    for start, free in by_start.items():
        chosen: list[Slot] = []
        taken: set[Any] = set()
        for person in dentists:
            options = sorted(free.get(person.pk, []), key=lambda chair: chair != usual.get(person.pk))
            chair = next((one for one in options if one not in taken), None)
            if chair is not None and len(chosen) < people:
                taken.add(chair)
                chosen.append(_slot(person, places[chair], start, need))
        if len(chosen) == people:
            found.append(Together(tuple(chosen), (R.SIDE_BY_SIDE,)))
    return found


def _in_a_row(
    dentists: Sequence[StaffMember], places: dict[Any, Chair], starts: Starts, usual: Any, need: Need, people: int
) -> list[Together]:
    found: list[Together] = []
    length = need.before + need.minutes + need.buffer
    for person in dentists:
        seen: set[int] = set()
        for chair in sorted(starts[person.pk], key=lambda one: one != usual.get(person.pk)):
            spans = starts[person.pk][chair]
            for start in grid_starts(spans, step=STEP):
                times = [start + n * length for n in range(people)]
                if start not in seen and all(any(a <= time < b for a, b in spans) for time in times):
                    seen.add(start)
                    slots = tuple(_slot(person, places[chair], time, need) for time in times)
                    found.append(Together(slots, (R.ONE_AFTER_THE_OTHER,)))
    return found


def _apart(ordered: list[Together], need: Need, count: int) -> list[Together]:
    """The first few that differ: not the same people a quarter of an hour later."""
    chosen: list[Together] = []
    for one in ordered:
        who = {slot.dentist.pk for slot in one.slots}
        is_like = any(
            abs(minute_of(one.starts_at) - minute_of(other.starts_at)) < max(need.minutes, 60)
            and who & {slot.dentist.pk for slot in other.slots}
            for other in chosen
        )
        if not is_like:
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen

"""Free times of today, for those who come without an appointment, and whom to propose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incisor.clinics.models import Clinic
from incisor.clinics.queries import opening
from incisor.kernel.clock import business_date
from incisor.kernel.spans import minute_of
from incisor.patients.models import Patient
from incisor.reception.queries.delays import delays_of
from incisor.reception.queries.queue import busy_dentists, waiting_now
from incisor.reception.queries.triage import signs_by_key
from incisor.reception.rules.triage import DentistNow, Sign, level_of, opens_reserve, proposed_dentists, specialty_of
from incisor.scheduling.enums import BookingChannel
from incisor.scheduling.queries import Slot, free_slots, own_dentist_of, proposals
from incisor.scheduling.rules import Need, parse_filter
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists, duties
from incisor.visits.enums import Urgency

EMERGENCY_MINUTES = 30  # the length of "emergency relief" in clinics/data/procedures.json
SHOWN = 6
DENTISTS_SHOWN = 3
LATER_SHOWN = 4
CHANNEL = BookingChannel.WALK_IN
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Gap:
    """A free time of today. uses_reserve: it is kept for emergencies and opened for this one."""

    slot: Slot
    uses_reserve: bool = False

    @property
    def value(self) -> str:
        """What its button sends."""
        return f"{self.slot.dentist.pk}_{self.slot.chair.pk}_{minute_of(self.slot.starts_at)}"


@dataclass(frozen=True)
class Proposed:
    """A dentist for somebody without appointment, and why; the first free time of today, if there is one."""

    person: StaffMember
    reasons: tuple[str, ...]
    waiting: int
    gap: Gap | None = None


@dataclass(frozen=True)
class Offer:
    """What the guided triage leads to."""

    level: Urgency
    specialty: str
    signs: list[Sign]
    people: list[Proposed]
    gaps: list[Gap]
    waiting_count: int


def _free(clinic: Clinic, patient: Patient, at: datetime, people: list[StaffMember], *, is_urgent: bool) -> list[Slot]:
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    need = Need(minutes=EMERGENCY_MINUTES, is_urgent=is_urgent)
    found = free_slots(clinic, dentists=people, need=need, first=day, days=1, now=at, patient=patient)
    return [slot for slot in found if slot.starts_at + timedelta(minutes=EMERGENCY_MINUTES) > at]


def _firsts(slots: list[Slot]) -> list[Slot]:
    """The first free time of each dentist, the earliest first."""
    firsts: dict[object, Slot] = {}
    for slot in slots:
        firsts.setdefault(slot.dentist.pk, slot)
    return sorted(firsts.values(), key=lambda slot: slot.starts_at)


def gaps_today(clinic: Clinic, patient: Patient, at: datetime, *, is_urgent: bool = False) -> list[Gap]:
    """Return the first free half hours of today, the first of each dentist, the earliest first.

    is_urgent: those kept for emergencies too, marked.
    """
    people = dentists(clinic)
    firsts = _firsts(_free(clinic, patient, at, people, is_urgent=is_urgent))
    if not is_urgent:
        return [Gap(slot) for slot in firsts[:SHOWN]]
    ordinary = {(slot.dentist.pk, slot.starts_at) for slot in _free(clinic, patient, at, people, is_urgent=False)}
    return [Gap(slot, (slot.dentist.pk, slot.starts_at) not in ordinary) for slot in firsts[:SHOWN]]


def triage_offer(clinic: Clinic, patient: Patient, keys: tuple[str, ...], at: datetime) -> Offer:
    """Return urgency, specialty, dentists and free times for somebody with these signs."""
    known = signs_by_key(clinic)
    level, specialty = level_of(keys, known), specialty_of(keys, known)
    waiting = waiting_now(clinic, at)
    gaps = gaps_today(clinic, patient, at, is_urgent=opens_reserve(keys, known))
    by_dentist = {gap.slot.dentist.pk: gap for gap in gaps}
    queue: dict[Any, int] = {}
    for visit in waiting:
        queue[visit.dentist_id] = queue.get(visit.dentist_id, 0) + 1
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    busy, delays, own = busy_dentists(clinic, at), delays_of(clinic, day), own_dentist_of(clinic, patient)
    people = {person.pk: person for person in _at_work(clinic, at)}
    ranked = proposed_dentists(
        [
            DentistNow(
                key=person.pk,
                specialties=frozenset(person.specialties),
                is_own=person.pk == own,
                is_busy=person.pk in busy,
                waiting=queue.get(person.pk, 0),
                delay=delays.get(person.pk, 0),
                free_in=(by_dentist[person.pk].slot.starts_at - at) // MINUTE if person.pk in by_dentist else None,
            )
            for person in people.values()
        ],
        specialty=specialty,
        level=level,
    )
    return Offer(
        level=level,
        specialty=specialty,
        signs=[known[key] for key in keys if key in known],
        people=[
            Proposed(people[one.key], one.reasons, queue.get(one.key, 0), by_dentist.get(one.key))
            for one in ranked[:DENTISTS_SHOWN]
        ],
        gaps=gaps,
        waiting_count=len(waiting),
    )


def _at_work(clinic: Clinic, at: datetime) -> list[StaffMember]:
    """The dentists who are on duty now or later today."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    everybody, now = dentists(clinic), minute_of(at)
    on = duties(clinic, [one.pk for one in everybody], day, day, kinds=opening(clinic, day, day).kinds)
    return [
        one
        for one in everybody
        if any(end > now for _start, end in on[one.pk].rostered)
        and not any(start <= now < end for start, end in on[one.pk].leave)
    ]


def next_good_times(clinic: Clinic, patient: Patient, at: datetime, *, specialty: str = "") -> list[Gap]:
    """Return the next good times on other days for somebody who does not wait, by the ordinary judgement."""
    today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    wanted = parse_filter("", today=today + timedelta(days=1))
    need = Need(minutes=EMERGENCY_MINUTES, specialties=frozenset({specialty} - {"", "general"}))
    return [
        Gap(slot) for slot in proposals(clinic, patient=patient, need=need, wanted=wanted, now=at, count=LATER_SHOWN)
    ]

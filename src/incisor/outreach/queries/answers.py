"""What the page behind a link in a message shows: the appointments told of, and the free times to choose from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from incisor.kernel.clock import local
from incisor.kernel.spans import minute_of
from incisor.messaging.models import Link
from incisor.outreach.queries.planning import told_in
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.scheduling.queries import Slot, confirmation_rules, free_slots
from incisor.scheduling.rules import may_change_alone, need_of
from incisor.staff.queries import dentists

MOST_DAYS = 5
MOST_TIMES = 8
SOONEST = timedelta(hours=2)
STEP = 30


@dataclass(frozen=True)
class Answerable:
    """One appointment on the patient's page, with what the patient may do alone."""

    appointment: Appointment
    is_expected: bool
    may_cancel: bool
    may_move: bool


def answerable(link: Link) -> dict[str, Appointment]:
    """Return the appointments that the link's message told of, by id."""
    found = {str(one.pk): one for one in told_in(link.clinic, link.subject_id)}
    for one in found.values():
        one.clinic = link.clinic
    return found


def answer_page(link: Link, at: datetime) -> list[Answerable]:
    """Return the link's appointments as they are now, by time."""
    rules = confirmation_rules(link.clinic)
    return [
        Answerable(
            appointment=one,
            is_expected=one.status in EXPECTED and one.starts_at > at,
            may_cancel=may_change_alone(
                status=one.status, starts_at=one.starts_at, at=at, hours=rules.cancel_hours, is_allowed=rules.may_cancel
            ),
            may_move=may_change_alone(
                status=one.status, starts_at=one.starts_at, at=at, hours=rules.move_hours, is_allowed=rules.may_move
            ),
        )
        for one in answerable(link).values()
    ]


def move_times(
    appointment: Appointment, *, at: datetime, around: datetime | None = None, first: date | None = None
) -> list[Slot]:
    """Return free times to which a patient may move, by time: own dentist, else any, within the clinic's days.

    around: only that day, every dentist and every time; to check what a page offered. first: from that day on.
    """
    clinic = appointment.clinic
    rules = confirmation_rules(clinic)
    today = local(at, clinic.zone).date()
    last = today + timedelta(days=rules.move_days)
    begin = local(around, clinic.zone).date() if around is not None else max(today, first or today)
    if not today <= begin <= last:
        return []
    days = 1 if around is not None else (last - begin).days + 1
    people = dentists(clinic)
    own = [one for one in people if one.pk == appointment.dentist_id]
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    minutes = minute_of(appointment.ends_at) - minute_of(appointment.starts_at)
    need = need_of([item.procedure for item in items], minutes=minutes)
    found: list[Slot] = []
    for who in [people] if around is not None else [own, people]:
        if who and not found:
            found = free_slots(
                clinic, dentists=who, need=need, first=begin, days=days, now=at + SOONEST, patient=appointment.patient,
                step=STEP,
            )  # fmt: skip
    return sorted(found, key=lambda slot: (slot.starts_at, slot.dentist.name))


def by_days(slots: list[Slot], zone: str) -> list[tuple[date, list[Slot]]]:
    """Return the first days that have times, each with some of them spread over the day, one a time."""
    days: dict[date, dict[datetime, Slot]] = {}
    for slot in slots:
        days.setdefault(local(slot.starts_at, zone).date(), {}).setdefault(slot.starts_at, slot)
    return [(day, _spread(list(times.values()))) for day, times in sorted(days.items())[:MOST_DAYS]]


def _spread(slots: list[Slot]) -> list[Slot]:
    if len(slots) <= MOST_TIMES:
        return slots
    return [slots[number * (len(slots) - 1) // (MOST_TIMES - 1)] for number in range(MOST_TIMES)]

"""How long those who wait will wait: the rules of waits fed with the day as it is."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs, opening
from incisor.kernel.clock import business_date, day_bounds
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import minute_of
from incisor.reception.models import FlowRules, TypicalLength, WaitTold
from incisor.reception.queries.delays import delays_of
from incisor.reception.queries.flow import flow_rules
from incisor.reception.queries.gaps import EMERGENCY_MINUTES
from incisor.reception.queries.queue import waiting_entry
from incisor.reception.rules.queue import Waiting, place_of
from incisor.reception.rules.waits import InLine, Length, Range, Treating, expected_waits, left_of
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists, duties
from incisor.staff.rules import working_on
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit

TURNOVER = 4.0  # minutes from one patient to the next, house value
CLEANING = 3.0
WALK_IN = "walk_in"
# Who is expected within this time may go before somebody who waits; who is later than that may not come at all.
AHEAD, BEHIND = timedelta(minutes=120), timedelta(minutes=40)
COMES_BEFORE = timedelta(minutes=5)
COMES, COMES_LATE = 0.93, 0.6  # how likely: before the appointed time, and after it
MINUTE = timedelta(minutes=1)
NOBODY_ELSE = (-1,)
OVER = frozenset({VisitStatus.TO_PAY, VisitStatus.DONE})
# A button pressed at once or forgotten until the evening says nothing about the treatment.
LEAST_RATIO, MOST_RATIO = 0.1, 4.0


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What the reckoning leans on: the clinic's rules, its typical lengths, who runs late."""

    rules: FlowRules
    lengths: Mapping[str, Length]
    late: Mapping[uuid.UUID, int]

    def length(self, kind: str) -> Length:
        """Return how long treatments of the kind take."""
        return self.lengths.get(kind) or self.lengths.get("") or Length()


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is to be expected. waits: by visit; left: minutes until those in a chair are done, by visit."""

    waits: Mapping[Any, Range] = field(default_factory=dict)
    left: Mapping[Any, float] = field(default_factory=dict)

    @property
    def frees_in(self) -> int | None:
        """Minutes until the first chair is free again, None when nobody sits."""
        return round(min(self.left.values())) if self.left else None


def flow_of(clinic: Clinic, day: date) -> Flow:
    """Return the rules and figures of the clinic; three small reads."""
    return Flow(rules=flow_rules(clinic), lengths=typical_lengths(clinic), late=delays_of(clinic, day))


def typical_lengths(clinic: Clinic) -> dict[str, Length]:
    """Return how long treatments take here, by kind; empty before anything was measured."""
    return {
        kind: Length(mean=mean / 100, spread=spread / 100, count=count)
        for kind, mean, spread, count in _lengths(clinic.pk)
    }


@prepared
def _lengths(clinic_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = TypicalLength.objects.filter(clinic_id=clinic_id)
    return found.values_list("kind", "mean_percent", "spread_percent", "visit_count")


def wait_told(clinic: Clinic, told_id: Any) -> WaitTold:
    """Return what was said to somebody who waited. Raises NotFound."""
    key = as_uuid(told_id)
    rows = WaitTold.objects.filter(clinic=clinic, pk=key).select_related("clinic", "visit__clinic", "visit__patient")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found


def told_to(visit: Visit) -> list[WaitTold]:
    """Return what was said to the patient about the wait, in order."""
    rows = WaitTold.objects.filter(visit=visit, undone_at=None).select_related("by")
    return list(rows.order_by("at", "pk"))


def on_duty(clinic: Clinic, people: Sequence[StaffMember], at: datetime) -> dict[uuid.UUID, int]:
    """Return in how many minutes each dentist works today, 0 for now; who is not here any more today is left out."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    opened, now = opening(clinic, day, day), minute_of(at)
    all_duties = duties(clinic, [person.pk for person in people], day, day, kinds=opened.kinds)
    found: dict[uuid.UUID, int] = {}
    for key, duty in all_duties.items():
        spans = working_on(rostered=duty.rostered, opened=opened.open, leave=duty.leave)
        begins = [max(0, start - now) for start, end in spans if end > now]
        if begins:
            found[key] = min(begins)
    return found


def outlook(
    clinic: Clinic,
    at: datetime,
    *,
    flow: Flow,
    visits: Sequence[Visit],
    expected: Sequence[Appointment],
    kinds: Mapping[Any, str],
    places: Sequence[Chair],
    duty: Mapping[Any, int],
) -> Outlook:
    """Return how long everybody who waits will wait and everybody who sits will sit.

    visits: of the day, each with booked_from and booked_until of its appointment. kinds: of appointments, by id.
    duty: dentists who treat today with the minutes until they do; those with patients are added.
    """
    sitting = [visit for visit in visits if visit.status == VisitStatus.IN_CHAIR]
    queue = [visit for visit in visits if visit.status in {VisitStatus.WAITING, VisitStatus.CALLED}]
    left: dict[Any, tuple[float, float]] = {visit.pk: _left(visit, kinds, flow, at) for visit in sitting}
    if not queue:
        return Outlook(left={key: minutes for key, (minutes, _spread) in left.items()})
    soon = [row for row in expected if at - BEHIND < row.starts_at < at + AHEAD]
    named = {visit.dentist_id for visit in [*queue, *sitting]} | {row.dentist_id for row in soon}
    due = _first_due(queue, soon)
    treating = []
    for dentist in sorted({*duty, *(named - {None})}, key=str):
        own = [left[visit.pk] for visit in sitting if visit.dentist_id == dentist]
        free, spread = max(own) if own else (float(duty.get(dentist, 0)), 0.0)
        late = flow.late.get(dentist, 0)
        if late and not own and dentist in due:
            free = max(free, min((due[dentist] - at) / MINUTE + late, late))
            spread = max(spread, 5.0)
        treating.append(Treating(key=dentist, free_in=free + (TURNOVER if own else 0.0), spread=spread, late_by=0.0))
    line = [_waiting_in_line(visit, kinds, flow) for visit in queue if visit.parked_at is None]
    line += [_expected_in_line(row, kinds, flow, at) for row in soon]
    waits = expected_waits(treating, line, turnover=TURNOVER, chairs=_usable(places, sitting, left))
    return Outlook(
        waits={visit.pk: waits[visit.pk] for visit in queue if visit.pk in waits},
        left={key: minutes for key, (minutes, _spread) in left.items()},
    )


def _left(visit: Visit, kinds: Mapping[Any, str], flow: Flow, at: datetime) -> tuple[float, float]:
    planned, kind = _planned(visit, kinds)
    said = (visit.expected_end_at - at) / MINUTE if visit.expected_end_at else None
    passed = max(0.0, (at - (visit.seated_at or at)) / MINUTE)
    return left_of(planned=planned, length=flow.length(kind), passed=passed, said=said)


def _planned(visit: Visit, kinds: Mapping[Any, str]) -> tuple[float, str]:
    """Return the minutes planned for a visit and its kind. Without an appointment: those of a walk-in."""
    begins, ends = visit.booked_from, visit.booked_until  # type: ignore[attr-defined]
    if begins is None or ends is None:
        return float(EMERGENCY_MINUTES), WALK_IN
    return (ends - begins) / MINUTE, kinds.get(visit.appointment_id, "")


def _first_due(queue: Iterable[Visit], soon: Iterable[Appointment]) -> dict[Any, datetime]:
    """Return the appointed time of each dentist's next patient."""
    found: dict[Any, datetime] = {}
    times = [(visit.dentist_id, visit.due_at) for visit in queue if visit.due_at is not None]
    for dentist, due in sorted([*times, *((row.dentist_id, row.starts_at) for row in soon)], key=lambda one: one[1]):
        found.setdefault(dentist, due)
    return found


def _usable(places: Sequence[Chair], sitting: Iterable[Visit], left: Mapping[Any, tuple[float, float]]) -> list[float]:
    """Return in how many minutes each chair can be used; one that is out of order cannot."""
    taken = {visit.chair_id: left[visit.pk][0] + TURNOVER for visit in sitting}
    return [
        taken.get(chair.pk, CLEANING if chair.state == ChairState.CLEANING else 0.0)
        for chair in places
        if chair.state != ChairState.OUT_OF_ORDER
    ]


def _waiting_in_line(visit: Visit, kinds: Mapping[Any, str], flow: Flow) -> InLine:
    planned, kind = _planned(visit, kinds)
    length = flow.length(kind)
    is_called = visit.status == VisitStatus.CALLED
    return InLine(
        key=visit.pk,
        place=NOBODY_ELSE if is_called else place_of(waiting_entry(visit, flow.rules)),
        dentist=visit.dentist_id,
        minutes=planned * length.mean,
        spread=planned * length.spread,
    )


def _expected_in_line(row: Appointment, kinds: Mapping[Any, str], flow: Flow, at: datetime) -> InLine:
    length = flow.length(kinds.get(row.pk, ""))
    planned = (row.ends_at - row.starts_at) / MINUTE
    as_if = Waiting(
        key=row.pk,
        number=10**6,
        arrived_at=max(at, row.starts_at),
        due_at=row.starts_at,
        late_after=timedelta(minutes=flow.rules.late_minutes),
    )
    return InLine(
        key=row.pk,
        place=place_of(as_if),
        dentist=row.dentist_id,
        comes_in=max(0.0, (row.starts_at - COMES_BEFORE - at) / MINUTE),
        minutes=planned * length.mean,
        spread=planned * length.spread,
        weight=COMES if row.starts_at > at else COMES_LATE,
    )


def expected_wait(clinic: Clinic, visit: Visit, at: datetime) -> Range | None:
    """Return how long somebody who waits will wait from now on, None when nobody can tell: no dentist treats today."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    first, _after = day_bounds(day, clinic.zone)
    visits = _open_visits(clinic.pk, day)
    expected = _coming(clinic.pk, max(first, at - BEHIND), at + AHEAD)
    ids = [row.pk for row in expected] + [one.appointment_id for one in visits if one.appointment_id]
    reckoned = outlook(
        clinic,
        at,
        flow=flow_of(clinic, day),
        visits=visits,
        expected=expected,
        kinds=kinds_of(ids),
        places=chairs(clinic),
        duty=on_duty(clinic, dentists(clinic), at),
    )
    return reckoned.waits.get(visit.pk)


def _open_visits(clinic_id: uuid.UUID, day: date) -> list[Visit]:
    statuses = [VisitStatus.WAITING, VisitStatus.CALLED, VisitStatus.IN_CHAIR]
    rows = Visit.objects.filter(clinic_id=clinic_id, business_date=day, status__in=statuses)
    rows = rows.annotate(booked_from=F("appointment__starts_at"), booked_until=F("appointment__ends_at"))
    return list(rows.defer("complaint", "signs", "desk_note").order_by("queue_number"))


def _coming(clinic_id: uuid.UUID, begin: datetime, end: datetime) -> list[Appointment]:
    rows = Appointment.objects.filter(
        clinic_id=clinic_id, starts_at__gt=begin, starts_at__lt=end, status__in=sorted(EXPECTED)
    )
    return list(rows.only("starts_at", "ends_at", "dentist_id").order_by("starts_at", "pk"))


def kinds_of(appointment_ids: Sequence[Any]) -> dict[Any, str]:
    """Return the code of the first procedure of each of the appointments."""
    if not appointment_ids:
        return {}
    items = AppointmentItem.objects.filter(appointment__in=appointment_ids).order_by("-position", "-pk")
    return dict(items.values_list("appointment_id", "procedure__code"))


def measured_ratios(clinic: Clinic, *, since: date) -> dict[str, list[float]]:
    """Return, by kind, how long treatments really took as a share of the minutes booked. Slips of the hand left out."""
    rows = Visit.objects.filter(clinic=clinic, business_date__gte=since, ended_at__isnull=False, status__in=OVER)
    names = ("appointment_id", "appointment__starts_at", "appointment__ends_at", "seated_at", "ended_at")
    kept: list[Any] = list(rows.exclude(seated_at=None).values_list(*names))
    kinds = _kinds_since(clinic, since)
    found: dict[str, list[float]] = {}
    for appointment_id, begins, ends, seated_at, ended_at in kept:
        planned = (ends - begins) / MINUTE if begins is not None else float(EMERGENCY_MINUTES)
        ratio = (ended_at - seated_at) / MINUTE / planned
        kind = WALK_IN if appointment_id is None else kinds.get(appointment_id, "")
        if kind and LEAST_RATIO < ratio < MOST_RATIO:
            found.setdefault(kind, []).append(ratio)
    return found


def _kinds_since(clinic: Clinic, since: date) -> dict[Any, str]:
    first, _after = day_bounds(since, clinic.zone)
    items = AppointmentItem.objects.filter(appointment__clinic=clinic, appointment__starts_at__gte=first)
    return dict(items.order_by("-position", "-pk").values_list("appointment_id", "procedure__code"))

"""Series of visits: the templates, times for a whole series, what an appointment belongs to."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet

from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.clinics.queries import chairs as chairs_of
from incisor.kernel.clock import local
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import moment_of
from incisor.patients.models import Patient
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, Series, SeriesStep, SeriesTemplate, SeriesVisit
from incisor.scheduling.queries.proposing import STEP, Slot, Wall, choice_of, on_chairs, proposals, starts_of
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import Filter, Need, need_of
from incisor.scheduling.rules.series import Chance, Days, choose, is_late, window
from incisor.staff.models import StaffMember

EPOCH = date(1970, 1, 1).toordinal()
MOST_STEPS = 12


class Planned(NamedTuple):
    """A visit of a series to be proposed. besides: the appointment that would be moved, None for a new one."""

    procedures: tuple[Procedure, ...]
    minutes: int
    days: Days
    besides: Appointment | None = None


class SeriesOffer(NamedTuple):
    """Times for a whole series. slots: one a visit, None where nothing is free; late: which lie after their window;
    due: the ideal day of each."""

    slots: tuple[Slot | None, ...]
    late: tuple[int, ...]
    due: tuple[date, ...]


def _templates(clinic: Clinic) -> QuerySet[SeriesTemplate]:
    steps = SeriesStep.objects.select_related("procedure").order_by("position")
    found = SeriesTemplate.objects.filter(clinic=clinic).prefetch_related(Prefetch("steps", queryset=steps))
    return found.order_by("position", "name_zh", "pk")


def series_templates(clinic: Clinic, *, with_inactive: bool = False) -> list[SeriesTemplate]:
    """Return the clinic's series with their steps."""
    found = _templates(clinic)
    return list(found if with_inactive else found.filter(is_active=True))


def series_template(clinic: Clinic, template_id: Any) -> SeriesTemplate:
    """Return a series of the clinic with its steps. Raises NotFound."""
    found = _templates(clinic).filter(pk=as_uuid(template_id)).first()
    if found is None:
        raise NotFound()
    return found


def planned_visits(template: SeriesTemplate) -> list[Planned]:
    """Return the visits of a template as they are proposed."""
    return [
        Planned(
            (step.procedure,),
            step.minutes or need_of([step.procedure]).minutes,
            Days(step.min_days, step.ideal_days, step.max_days),
        )
        for step in template.steps.all()
    ]


def series_proposals(
    clinic: Clinic,
    *,
    patient: Patient,
    visits: Sequence[Planned],
    wanted: Filter,
    now: datetime,
    dentist: StaffMember | None = None,
    is_same_dentist: bool = True,
    count: int = 3,
) -> list[SeriesOffer]:
    """Return times for the whole series: the best few for the first visit, each with all that follow from it."""
    first = visits[0]
    firsts = proposals(
        clinic, patient=patient, need=need_of(first.procedures, minutes=first.minutes), wanted=wanted, now=now,
        dentist=dentist, count=count,
    )  # fmt: skip
    chains = [_Chain([slot], [], [local(slot.starts_at, clinic.zone).date()], []) for slot in firsts]
    for chain in chains:
        chain.due.append(chain.days[0])
    _follow(clinic, chains, visits[1:], patient=patient, now=now, is_same_dentist=is_same_dentist)
    return [SeriesOffer(tuple(chain.slots), tuple(chain.late), tuple(chain.due)) for chain in chains]


def shift_proposal(
    clinic: Clinic, *, moved: Appointment, visits: Sequence[Planned], now: datetime, is_same_dentist: bool
) -> SeriesOffer:
    """Return new times for the visits that follow a moved one, at the distances of the series."""
    at = Slot(moved.dentist, moved.chair, moved.starts_at, moved.ends_at)
    chain = _Chain([at], [], [local(moved.starts_at, clinic.zone).date()], [])
    _follow(clinic, [chain], visits, patient=moved.patient, now=now, is_same_dentist=is_same_dentist)
    return SeriesOffer(tuple(chain.slots[1:]), tuple(position - 1 for position in chain.late), tuple(chain.due))


class _Chain(NamedTuple):
    """A series in the making: what is chosen so far, and the day from which the next is counted."""

    slots: list[Slot | None]
    late: list[int]
    days: list[date]
    due: list[date]


def _follow(
    clinic: Clinic,
    chains: Sequence[_Chain],
    visits: Sequence[Planned],
    *,
    patient: Patient,
    now: datetime,
    is_same_dentist: bool,
) -> None:
    """Choose visit after visit for every chain; what decides about the times is read once a visit for all of them."""
    if not chains:
        return
    chairs = chairs_of(clinic)
    places = {row.pk: row for row in chairs}
    for visit in visits:
        need = need_of(visit.procedures, minutes=visit.minutes)
        leaders = {chain.slots[0].dentist.pk: chain.slots[0].dentist for chain in chains if chain.slots[0]}
        people = leaders if is_same_dentist else leaders | {row.pk: row for row in choice_of(clinic, need, None, None)}
        first = min(window(chain.days[-1], visit.days)[0] for chain in chains)
        last = max(window(chain.days[-1], visit.days, is_late=True)[1] for chain in chains)
        chances = _chances(
            clinic, list(people.values()), chairs, need, patient=patient, first=first, last=last, now=now,
            besides=visit.besides,
        )  # fmt: skip
        for chain in chains:
            _extend(clinic, chain, visit, chances, places, people, is_same_dentist)


def _extend(
    clinic: Clinic,
    chain: _Chain,
    visit: Planned,
    chances: Sequence[Chance],
    places: dict[Any, Chair],
    people: dict[Any, StaffMember],
    is_same_dentist: bool,
) -> None:
    leader = chain.slots[0]
    assert leader is not None
    wall = local(leader.starts_at, clinic.zone)
    previous = chain.days[-1]
    ideal = previous + timedelta(days=visit.days.ideal)
    found = choose(
        chances, previous=previous, days=visit.days, hour=wall.hour + wall.minute / 60, dentist=leader.dentist.pk,
        only_dentist=is_same_dentist,
    )  # fmt: skip
    chain.due.append(ideal)
    if found is None:
        chain.slots.append(None)
        chain.days.append(ideal)
        return
    starts_at = moment_of(found.start)
    if is_late(found.day, previous=previous, days=visit.days):
        chain.late.append(len(chain.slots))
    chain.slots.append(
        Slot(people[found.dentist], places[found.chair], starts_at, starts_at + timedelta(minutes=visit.minutes))
    )
    chain.days.append(found.day)


def _chances(
    clinic: Clinic,
    dentists: Sequence[StaffMember],
    chairs: Sequence[Chair],
    need: Need,
    *,
    patient: Patient,
    first: date,
    last: date,
    now: datetime,
    besides: Appointment | None,
) -> list[Chance]:
    around = surroundings(
        clinic, dentists=dentists, chairs=chairs, patients=[patient], first=first, last=last, at=now, need=need,
        besides=besides,
    )  # fmt: skip
    starts, wall = starts_of(around, dentists, chairs, need, now), Wall(clinic.zone)
    found = []
    for person in dentists:
        for start, chair in on_chairs(around, person, starts[person.pk], STEP):
            day, minute = wall.of(start)
            found.append(Chance(person.pk, chair, start, date.fromordinal(EPOCH + day), minute / 60))
    return found


def _visits(found: QuerySet[SeriesVisit]) -> QuerySet[SeriesVisit]:
    return found.select_related("procedure", "appointment", "appointment__dentist", "appointment__chair").order_by(
        "position"
    )


def series(clinic: Clinic, series_id: Any) -> Series:
    """Return a booked series of the clinic. Raises NotFound."""
    found = Series.objects.filter(clinic=clinic, pk=as_uuid(series_id)).select_related("patient").first()
    if found is None:
        raise NotFound()
    return found


def visits_of(one: Series) -> list[SeriesVisit]:
    """Return the visits of a series in order, with their appointments."""
    return list(_visits(SeriesVisit.objects.filter(series=one)))


def series_visit_of(appointment_id: uuid.UUID) -> SeriesVisit | None:
    """Return which visit of which series an appointment is, None when it belongs to none."""
    return SeriesVisit.objects.filter(appointment_id=appointment_id).select_related("series").first()


def later_visits(visit: SeriesVisit) -> list[SeriesVisit]:
    """Return the visits after this one whose appointments are still expected."""
    found = SeriesVisit.objects.filter(
        series=visit.series_id, position__gt=visit.position, appointment__status__in=sorted(EXPECTED)
    )
    return list(_visits(found))

"""What the screens in the waiting room show, and the one read by which they learn whether anything has changed."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from incisor.clinics.enums import DeviceKind
from incisor.clinics.models import Chair, Clinic, Device, Room
from incisor.clinics.queries import chairs, rooms
from incisor.clinics.rules import device_hash
from incisor.kernel.clock import business_date
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.live import version
from incisor.kernel.models import LiveVersion
from incisor.patients.rules import age_on
from incisor.reception.enums import ScreenNames
from incisor.reception.models import FlowRules, ScreenNotice
from incisor.reception.queries.board import day_of
from incisor.reception.queries.chairs import pick_chair, usual_chairs
from incisor.reception.queries.delays import delays_of
from incisor.reception.queries.flow import flow_rules
from incisor.reception.queries.queue import waiting_entry
from incisor.reception.rules.queue import calling_order
from incisor.reception.rules.screen import (
    NEXT_SHOWN,
    Options,
    Span,
    called_in_chinese,
    called_in_english,
    is_for,
    is_shown,
    name_on_screen,
    notices_to_carry,
    place_in_english,
)
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit

ON_SCREEN = (VisitStatus.WAITING, VisitStatus.CALLED, VisitStatus.IN_CHAIR)
PATIENT = tuple(f"patient__{name}" for name in ("name", "sex", "born_on", "restricted_at"))


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What the change check of a screen reads: the device, and what its content depends on."""

    device_id: uuid.UUID
    seen_at: datetime | None
    version: str


def watch(token: str, *, at: datetime) -> Watch:
    """Return the state of the screen with that token by one indexed read. Raises NotFound for a wrong or ended one."""
    found = _watched(device_hash(token[:200]))
    if not found:
        raise NotFound()
    device_id, seen_at, device_version, day_version, zone, day_starts_at = found[0]
    day = business_date(at, zone, day_starts_at=day_starts_at)
    return Watch(
        device_id=device_id,
        seen_at=seen_at,
        version=content_version(day=day, changes=day_version or 0, device_version=device_version),
    )


@prepared
def _watched(token_hash: str) -> QuerySet[Any, Any]:
    changes = LiveVersion.objects.filter(clinic_id=OuterRef("clinic_id"), topic="day").values("version")
    found = Device.objects.filter(
        token_hash=token_hash, kind=DeviceKind.SCREEN, ended_at=None, clinic__is_active=True
    ).annotate(day_version=Subquery(changes))
    return found.values_list("pk", "seen_at", "version", "day_version", "clinic__zone", "clinic__day_starts_at")


def content_version(*, day: date, changes: int, device_version: int) -> str:
    """Return the name of a content: the same as long as nothing that stands on the screen can have changed."""
    return f"{day:%m%d}.{changes}.{device_version}"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Somebody on the screen: the number, and the masked name where the clinic shows names."""

    number: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call. key: another one for each time the patient is called. zh, en: what is read out."""

    key: str
    ticket: Ticket
    called_at: datetime
    place: str
    place_en: str
    dentist: StaffMember | None
    zh: str
    en: str


@dataclass(kw_only=True)
class Line:
    """One dentist on the screen: where, who is being treated, who comes next, how many wait.

    dentist: None for whoever is free. delay: minutes that the dentist runs late."""

    dentist: StaffMember | None
    place: str = ""
    in_chair: list[Ticket] = field(default_factory=list)
    coming: list[Ticket] = field(default_factory=list)
    waiting: int = 0
    delay: int = 0

    @property
    def more(self) -> int:
        """How many wait beside those who are named."""
        return self.waiting - len(self.coming)


@dataclass(frozen=True, kw_only=True)
class ScreenNow:
    """Everything that a screen shows. version: by which it asks whether anything has changed."""

    version: str
    calls: list[Call]
    lines: list[Line]
    notices: list[ScreenNotice]
    voice_is_on: bool


def screen_now(clinic: Clinic, options: Options, *, device_version: int, at: datetime) -> ScreenNow:
    """Return what a screen with those options shows now: a constant number of reads, whatever the day holds."""
    changes = version(clinic.pk, "day")  # read first: a change while the rest is read shows at the next question
    day, rules = day_of(clinic, at), flow_rules(clinic)
    visits, here = _visits(clinic.pk, day), dentists(clinic)
    places = _Places(chairs(clinic), usual_chairs(here))
    people = {person.pk: person for person in here}
    shown = [(visit, places.of(visit)) for visit in visits]
    shown = [(visit, chair) for visit, chair in shown if is_for(chair.room_id if chair else None, options.rooms)]
    calls = [
        _call(visit, chair, people, rules, day)
        for visit, chair in shown
        if visit.status == VisitStatus.CALLED and is_shown(visit.called_at, at=at)
    ]
    waiting = [visit for visit, _chair in shown if visit.status == VisitStatus.WAITING and visit.parked_at is None]
    return ScreenNow(
        version=content_version(day=day, changes=changes, device_version=device_version),
        calls=sorted(calls, key=lambda call: call.called_at, reverse=True),
        lines=_lines(shown, waiting, here, places, rules, delays_of(clinic, day)),
        notices=notices_on_screen(clinic, at=at),
        voice_is_on=options.voice and rules.voice_is_on,
    )


@prepared
def _visits(clinic_id: uuid.UUID, day: date) -> QuerySet[Visit]:
    found = Visit.objects.filter(clinic_id=clinic_id, business_date=day, status__in=ON_SCREEN)
    found = found.select_related("patient").annotate(booked_chair_id=F("appointment__chair_id"))
    wanted = ("status", "queue_number", "queue_rank", "urgency", "due_at", "arrived_at", "called_at", "calls")
    more = ("parked_at", "place_at", "dentist_id", "chair_id", "clinic_id")
    return found.only(*wanted, *more, *PATIENT).order_by("queue_number")


class _Places:
    """Where somebody goes: the own chair, else the one that is proposed, else the dentist's even while it is taken."""

    def __init__(self, everywhere: list[Chair], usual: dict[uuid.UUID, uuid.UUID | None]) -> None:
        self.everywhere, self.usual = everywhere, usual
        self.by_id: dict[Any, Chair] = {chair.pk: chair for chair in everywhere}

    def of(self, visit: Visit) -> Chair | None:
        if visit.chair_id:
            return self.by_id.get(visit.chair_id)
        preferred = [visit.booked_chair_id, self.usual.get(visit.dentist_id)]  # type: ignore[attr-defined,arg-type]
        if visit.status != VisitStatus.CALLED:
            return next((self.by_id[key] for key in preferred if key in self.by_id), None)
        proposed = pick_chair(preferred, self.everywhere)
        return proposed or next((self.by_id[key] for key in preferred if key in self.by_id), None)

    def of_dentist(self, dentist: StaffMember) -> str:
        chair = self.by_id.get(self.usual.get(dentist.pk))
        return chair.room.name if chair is not None else ""


def _ticket(visit: Visit, rules: FlowRules) -> Ticket:
    is_number_only = rules.screen_names == ScreenNames.NUMBER or visit.patient.restricted_at is not None
    return Ticket(number=visit.queue_number, name=name_on_screen(visit.patient.name, is_number_only=is_number_only))


def _call(visit: Visit, chair: Chair | None, people: dict[Any, StaffMember], rules: FlowRules, day: date) -> Call:
    ticket, patient = _ticket(visit, rules), visit.patient
    place = chair.room.name if chair is not None else ""
    age = age_on(born_on=patient.born_on, day=day)
    assert visit.called_at is not None  # is_shown() has looked
    return Call(
        key=f"{visit.pk}.{visit.calls}.{visit.called_at:%H%M%S}",
        ticket=ticket,
        called_at=visit.called_at,
        place=place,
        place_en=place_in_english(place),
        dentist=people.get(visit.dentist_id),
        zh=called_in_chinese(
            number=ticket.number,
            name=patient.name if ticket.name else "",
            sex=patient.sex,
            age=age.years if age else None,
            place=place,
        ),
        en=called_in_english(number=ticket.number, place=place),
    )


def _lines(
    shown: list[tuple[Visit, Chair | None]],
    waiting: list[Visit],
    here: list[StaffMember],
    places: _Places,
    rules: FlowRules,
    delays: dict[uuid.UUID, int],
) -> list[Line]:
    """Return the lines of the dentists who have somebody, in their order on the calendar; first who has none yet."""
    lines: dict[Any, Line] = {None: Line(dentist=None)}
    lines |= {
        person.pk: Line(dentist=person, place=places.of_dentist(person), delay=delays.get(person.pk, 0))
        for person in here
    }
    for visit, chair in shown:
        if visit.status == VisitStatus.IN_CHAIR and visit.dentist_id in lines:
            line = lines[visit.dentist_id]
            line.in_chair.append(_ticket(visit, rules))
            line.place = chair.room.name if chair is not None else line.place
    by_id = {visit.pk: visit for visit in waiting}
    for entry in calling_order(waiting_entry(visit, rules) for visit in waiting):
        visit = by_id[entry.key]  # type: ignore[index]
        line = lines.get(visit.dentist_id) or lines[None]
        line.waiting += 1
        if len(line.coming) < NEXT_SHOWN:
            line.coming.append(_ticket(visit, rules))
    return [line for line in lines.values() if line.in_chair or line.waiting]


def notices_on_screen(clinic: Clinic, *, at: datetime) -> list[ScreenNotice]:
    """Return the notices that a screen carries: those that hold now, and those that begin within a day."""
    rows = _carried(clinic.pk, at)
    carried = set(notices_to_carry(((row.pk, Span(since=row.starts_at, until=row.ends_at)) for row in rows), at=at))
    return [row for row in rows if row.pk in carried]


@prepared
def _carried(clinic_id: uuid.UUID, at: datetime) -> QuerySet[ScreenNotice]:
    holds = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return ScreenNotice.objects.filter(holds, clinic_id=clinic_id, removed_at=None).order_by(
        "-is_urgent", "starts_at", "pk"
    )


def notices(clinic: Clinic, *, at: datetime, past: timedelta = timedelta(days=7)) -> list[ScreenNotice]:
    """Return the notices that were not taken away: present and coming ones, and those that ended lately, the newest first."""
    recent = Q(ends_at__isnull=True) | Q(ends_at__gt=at - past)
    rows = ScreenNotice.objects.filter(recent, clinic=clinic, removed_at=None).select_related("added_by")
    return list(rows.order_by(F("ends_at").desc(nulls_first=True), "-starts_at", "pk"))


def notice(clinic: Clinic, notice_id: Any) -> ScreenNotice:
    """Return a notice of the clinic, taken away or not. Raises NotFound."""
    found = ScreenNotice.objects.filter(clinic=clinic, pk=notice_id).first()
    if found is None:
        raise NotFound()
    return found


def rooms_of_screens(clinic: Clinic) -> list[Room]:
    """Return the rooms in use, for which a screen may stand."""
    return [room for room in rooms(clinic) if room.is_active]


def screens_of(devices: Iterable[Device]) -> list[Device]:
    """Return the screens among the devices that are in use."""
    return [one for one in devices if one.kind == DeviceKind.SCREEN and one.ended_at is None]

"""Today's board: a constant number of queries, whatever the day holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs
from incisor.kernel.clock import business_date
from incisor.kernel.live import version
from incisor.patients.models import Patient
from incisor.patients.queries import is_covered, shown_name
from incisor.reception.models import FlowRules
from incisor.reception.queries.chairs import ChairNow, pick_chair, usual_chairs
from incisor.reception.queries.day import booked_on, expected_on, load_alerts, people_of, visits_on
from incisor.reception.queries.money import Owed, owed_of
from incisor.reception.queries.queue import waiting_entry
from incisor.reception.queries.triage import sign_words, signs_by_key
from incisor.reception.queries.waits import Flow, Outlook, flow_of, on_duty, outlook
from incisor.reception.rules.queue import calling_order
from incisor.reception.rules.triage import Sign
from incisor.reception.rules.waiting import average_wait, late_minutes, minutes_between, tone_of, waits_since
from incisor.reception.rules.waits import Range
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits.enums import QUEUED, VisitStatus
from incisor.visits.models import Visit

DONE_SHOWN = 10
EARLY_SHOWN = 3  # minutes
OWING = frozenset({VisitStatus.TO_PAY, VisitStatus.DONE})


def _values(row: Any) -> list[Any]:
    """Return the values of a row that was read, each of a kind that can be compared and hashed."""
    return [
        value if value.__class__ not in {list, dict} else repr(value)
        for name, value in row.__dict__.items()
        if name not in {"_state", "open_alerts"}
    ]


@dataclass
class Row:
    """One line of the board: an appointment that is expected, or a visit.

    waited: minutes since due; here: since arrival, of who waits. wait: how much longer, as far as one can tell. told_ago: minutes
    since the wait was explained, None for never; needs_word: it should be now. ends_at: when the treatment should end; over:
    minutes since then.
    """

    patient: Patient
    what: str
    dentist: StaffMember | None
    find: str
    appointment: Appointment | None = None
    visit: Visit | None = None
    late: int = 0
    waited: int = 0
    since: datetime | None = None
    tone: str = ""
    is_over: bool = False
    here: int = 0
    wait: Range | None = None
    told_ago: int | None = None
    needs_word: bool = False
    parked: int | None = None
    ends_at: datetime | None = None
    over: int = 0
    chair: Chair | None = None
    owed: Owed = field(default_factory=Owed)
    told: int = 0  # so many minutes later the patient said to come
    still_open: str = ""  # what keeps a visit that is paid from being closed
    point_count: int = 0  # what was pointed out at the door and nobody has seen to
    care: Any = None  # queries.care.Care, warnings before an operation

    def stamp(self) -> tuple[Any, ...]:
        """Return everything that the row shows, as one value: two rows with the same stamp look the same."""
        parts: list[Any] = [shown_name(self.patient), is_covered(self.patient)]
        for thing in (self.patient, self.appointment, self.visit):
            parts += _values(thing) if thing is not None else ()
        parts += (alert for one in self.patient.open_alerts for alert in _values(one))
        parts += (getattr(self, name) for name in PLAIN)
        parts += (self.dentist.name if self.dentist else "", repr(self.care))
        parts += (self.chair.pk, self.chair.name) if self.chair else ()
        return tuple(parts)

    @property
    def shows_here(self) -> bool:
        """Whether the time since coming says more than the time since due."""
        return self.here - self.waited >= EARLY_SHOWN

    @property
    def is_covered(self) -> bool:
        """Whether the file is restricted for whoever looks."""
        return is_covered(self.patient)

    @property
    def name(self) -> str:
        """The patient's name as it may be shown."""
        return shown_name(self.patient)


# What a row says by itself, each a plain value: every field but the objects that stamp() takes apart.
OBJECTS = frozenset({"patient", "appointment", "visit", "dentist", "chair", "care"})
PLAIN = tuple(one.name for one in fields(Row) if one.name not in OBJECTS)


@dataclass
class Board:
    """Everything that the page of today shows. average: minutes, of all who came today, those still waiting included."""

    day: date
    at: datetime
    version: int
    expected: list[Row]
    waiting: list[Row]
    in_chair: list[Row]
    to_pay: list[Row]
    done: list[Row]
    done_count: int
    chairs: list[ChairNow]
    average: int | None
    limit: int
    flow: Flow
    busy: frozenset[Any] = frozenset()
    duty: frozenset[Any] = frozenset()
    outlook: Outlook = field(default_factory=Outlook)
    late: list[tuple[StaffMember, int]] = field(default_factory=list)

    @property
    def late_count(self) -> int:
        """How many are expected and late."""
        return sum(1 for row in self.expected if row.late > 0)

    @property
    def over_count(self) -> int:
        """How many wait longer than the clinic wants anybody to."""
        return sum(1 for row in self.waiting if row.is_over)

    @property
    def average_tone(self) -> str:
        """How the average wait is shown."""
        return tone_of(self.average, limit=self.limit) if self.average is not None else ""

    @property
    def treated_count(self) -> int:
        """How many have left the chair."""
        return len(self.to_pay) + len(self.done)


def day_of(clinic: Clinic, at: datetime) -> date:
    """Return the clinic's business date of a moment."""
    return business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)


@dataclass
class Known:
    """What the rows of the board are named with: read once for all of them."""

    people: dict[Any, StaffMember]
    here: list[StaffMember]
    usual: dict[Any, Any]
    chairs: list[Chair]
    booked: dict[Any, str]
    kinds: dict[Any, str]
    owed: dict[Any, Owed]
    signs: dict[str, Sign]
    flow: Flow
    limit: int


def _known(clinic: Clinic, day: date, expected: list[Appointment], visits: list[Visit]) -> Known:
    load_alerts([*(row.patient for row in expected), *(visit.patient for visit in visits)])
    here, people = people_of(
        clinic, {row.dentist_id for row in expected} | {visit.dentist_id for visit in visits} - {None}
    )
    older = [visit.appointment_id for visit in visits if visit.business_date != day and visit.appointment_id]
    booked, kinds = booked_on(clinic, day, older)
    return Known(
        people=people,
        here=here,
        usual=usual_chairs(here),
        chairs=chairs(clinic),
        booked=booked,
        kinds=kinds,
        owed=owed_of(clinic, [visit.pk for visit in visits if visit.status in OWING]),
        signs=signs_by_key(clinic) if any(visit.signs for visit in visits) else {},
        flow=flow_of(clinic, day),
        limit=clinic.wait_limit_minutes,
    )


def board(clinic: Clinic, at: datetime, *, whole: bool = False) -> Board:
    """Return today's board of the clinic. whole: with everybody who is done, not only the latest."""
    seen = version(clinic.pk, "day")  # read first: a change while the rest is read shows at the next question
    day = day_of(clinic, at)
    expected = expected_on(clinic, day)
    here, done, stays = visits_on(clinic, day, done=None if whole else DONE_SHOWN)
    known = _known(clinic, day, expected, [*here, *done])
    lists = _by_list(here, at)
    # who may treat somebody that waits for anybody is worth a look at the rosters, but only then
    anybody = any(visit.dentist_id is None for visit in lists["waiting"])
    duty = on_duty(clinic, known.here, at) if anybody else {}
    ahead = outlook(
        clinic, at, flow=known.flow, visits=here, expected=expected, kinds=known.kinds, places=known.chairs, duty=duty
    )
    rows = {visit.pk: _visit_row(visit, known, ahead, clinic.currency, at) for visit in [*here, *done]}
    sitting = {visit.chair_id: visit for visit in lists["in_chair"]}
    named = {visit.dentist_id for visit in [*lists["waiting"], *lists["in_chair"]]} - {None}
    waits = [(visit.arrived_at, visit.seated_at) for visit in here]
    return Board(
        day=day,
        at=at,
        version=seen,
        expected=[_expected_row(row, known, at) for row in expected],
        waiting=[rows[key] for key in _called_first(lists["waiting"], known.flow.rules)],
        in_chair=[rows[visit.pk] for visit in lists["in_chair"]],
        to_pay=[rows[visit.pk] for visit in lists["to_pay"]],
        done=[rows[visit.pk] for visit in done],
        done_count=len(stays),
        chairs=[_chair_now(chair, sitting.get(chair.pk), rows, at) for chair in known.chairs],
        average=average_wait([*waits, *((stay.arrived_at, stay.left_at) for stay in stays)], at=at),
        limit=known.limit,
        flow=known.flow,
        busy=frozenset(visit.dentist_id for visit in lists["in_chair"] if visit.dentist_id),
        duty=frozenset(named | {key for key, minutes in duty.items() if minutes == 0}),
        outlook=ahead,
        late=[(known.people[key], late) for key, late in known.flow.late.items() if key in known.people],
    )


LISTS = {
    VisitStatus.WAITING: "waiting",
    VisitStatus.CALLED: "waiting",
    VisitStatus.IN_CHAIR: "in_chair",
    VisitStatus.TO_PAY: "to_pay",
}


def _by_list(visits: list[Visit], at: datetime) -> dict[str, list[Visit]]:
    """Return who is here, by the lists of the board, each in its order."""
    lists: dict[str, list[Visit]] = {"waiting": [], "in_chair": [], "to_pay": []}
    for visit in visits:
        lists[LISTS[VisitStatus(visit.status)]].append(visit)
    lists["in_chair"].sort(key=lambda visit: visit.seated_at or at)
    lists["to_pay"].sort(key=lambda visit: visit.ended_at or at)
    return lists


def _called_first(waiting: list[Visit], rules: FlowRules) -> list[Any]:
    """Return the keys of those who wait: who is called already, then the order of calling, then who was not there."""
    called = {visit.pk for visit in waiting if visit.status == VisitStatus.CALLED}
    order = [entry.key for entry in calling_order(waiting_entry(visit, rules) for visit in waiting)]
    return sorted(order, key=lambda key: key not in called)


def _chair_now(chair: Chair, visit: Visit | None, rows: dict[Any, Row], at: datetime) -> ChairNow:
    if visit is None:
        since = chair.state_since
        return ChairNow(chair=chair, minutes=minutes_between(since, at) if since else 0)
    row = rows[visit.pk]
    return ChairNow(chair=chair, visit=visit, ends_at=row.ends_at, over=row.over)


def my_day(clinic: Clinic, dentist: StaffMember, at: datetime) -> Board:
    """Return the board as the dentist sees it: own patients, and those who wait for anybody."""
    shown = board(clinic, at, whole=True)

    def mine(rows: Iterable[Row], *, anybody: bool = False) -> list[Row]:
        return [
            row
            for row in rows
            if (row.dentist is not None and row.dentist.pk == dentist.pk) or (anybody and row.dentist is None)
        ]

    shown.expected, shown.waiting = mine(shown.expected), mine(shown.waiting, anybody=True)
    shown.in_chair, shown.to_pay, shown.done = mine(shown.in_chair), mine(shown.to_pay), mine(shown.done)
    return shown


def _find(patient: Patient, *more: str) -> str:
    """Return the text by which the board's own field finds a row: name, pinyin, initials, file number, dentist.

    Of a restricted file the number alone."""
    if is_covered(patient):
        return " ".join(filter(None, (patient.file_number, *more))).lower()
    syllables = patient.pinyin.split()
    initials = "".join(syllable[0] for syllable in syllables)
    return " ".join(filter(None, (patient.name, "".join(syllables), initials, patient.file_number, *more))).lower()


def _expected_row(appointment: Appointment, known: Known, at: datetime) -> Row:
    late = late_minutes(due_at=appointment.starts_at, at=at)
    dentist = known.people.get(appointment.dentist_id)
    return Row(
        patient=appointment.patient,
        what=known.booked.get(appointment.pk) or appointment.need,
        dentist=dentist,
        find=_find(appointment.patient, dentist.name if dentist else ""),
        appointment=appointment,
        late=late,
        tone="bad" if late > known.limit else "warning" if late else "",
    )


def _visit_row(visit: Visit, known: Known, ahead: Outlook, currency: str, at: datetime) -> Row:
    """Return the row of a visit. Who waits gets the chair that is proposed, the others their own."""
    dentist = known.people.get(visit.dentist_id)
    since = waits_since(arrived_at=visit.arrived_at, due_at=visit.due_at)
    waited = minutes_between(since, visit.seated_at or at)
    row = Row(
        patient=visit.patient,
        what=known.booked.get(visit.appointment_id) or visit.complaint or sign_words(known.signs, visit.signs),
        dentist=dentist,
        find=_find(visit.patient, dentist.name if dentist else "", str(visit.queue_number)),
        visit=visit,
        waited=waited,
        since=since,
        tone=tone_of(waited, limit=known.limit),
        is_over=waited > known.limit,
        chair=next((chair for chair in known.chairs if chair.pk == visit.chair_id), None),
    )
    if visit.status in QUEUED:
        _say_of_waiting(row, visit, known, ahead, at)
    elif visit.status == VisitStatus.IN_CHAIR:
        left = ahead.left.get(visit.pk, 0.0)
        row.ends_at = visit.expected_end_at or at + timedelta(minutes=round(left))
        row.over = _overrun(visit, at)
    else:
        row.owed = known.owed.get(visit.pk) or Owed(currency=currency)
    return row


def _say_of_waiting(row: Row, visit: Visit, known: Known, ahead: Outlook, at: datetime) -> None:
    booked = visit.booked_chair_id  # type: ignore[attr-defined]
    rules = known.flow.rules
    row.chair = pick_chair([booked, known.usual.get(visit.dentist_id)], known.chairs)
    row.here = minutes_between(visit.arrived_at, at)
    row.wait = ahead.waits.get(visit.pk)
    row.told_ago = minutes_between(visit.told_at, at) if visit.told_at else None
    row.parked = minutes_between(visit.parked_at, at) if visit.parked_at else None
    is_quiet = row.told_ago is not None and row.told_ago < rules.tell_again_minutes
    is_here = visit.status == VisitStatus.WAITING and row.parked is None  # who is called need not be told why they wait
    row.needs_word = is_here and row.waited >= rules.prompt_minutes and not is_quiet


def _overrun(visit: Visit, at: datetime) -> int:
    """Return by how many minutes a treatment is over the time that was said, or booked."""
    if visit.expected_end_at is not None:
        return minutes_between(visit.expected_end_at, at)
    begins, ends = visit.booked_from, visit.booked_until  # type: ignore[attr-defined]
    if begins is None or ends is None or visit.seated_at is None:
        return 0
    return minutes_between(visit.seated_at + (ends - begins), at)

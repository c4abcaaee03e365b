"""Today's board: a constant number of queries, whatever the day holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.utils.translation import get_language

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs
from incisor.kernel.clock import business_date, day_bounds
from incisor.kernel.live import version
from incisor.patients.models import Patient, PatientAlert
from incisor.patients.queries import is_covered
from incisor.reception.queries.chairs import ChairNow, pick_chair, usual_chairs
from incisor.reception.queries.money import Owed, owed_of
from incisor.reception.queries.queue import waiting_entry
from incisor.reception.queries.triage import sign_words, signs_by_key
from incisor.reception.rules.queue import calling_order
from incisor.reception.rules.triage import Sign
from incisor.reception.rules.waiting import average_wait, late_minutes, minutes_between, tone_of, waits_since
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import QUEUED, VisitStatus
from incisor.visits.models import Visit

DONE_SHOWN = 10
OWING = frozenset({VisitStatus.TO_PAY, VisitStatus.DONE})
# What the board shows of a patient. Sealed fields above all are not read: what is not read is not unsealed.
ANSWER = ("answer", "demand", "confirmed_count", "deposit_minor")
PATIENT = tuple(
    f"patient__{name}" for name in ("name", "pinyin", "sex", "born_on", "file_number", "clinic_id", "restricted_at")
)
SEALED = ("phone", "email", "id_number", "insurance_number", "address", "note")
OTHERS = (
    "phone_index",
    "id_index",
    "special_needs",
    "tags",
    "source_detail",
    "occupation",
    "contact_time",
    "external_id",
)
UNUSED = tuple(f"patient__{name}" for name in (*SEALED, *OTHERS))


@dataclass
class Row:
    """One line of the board: an appointment that is expected, or a visit."""

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
    chair: Chair | None = None
    owed: Owed = field(default_factory=Owed)
    told: int = 0  # so many minutes later the patient said to come
    point_count: int = 0  # what was pointed out at the door and nobody has seen to
    care: Any = None  # queries.care.Care, warnings before an operation


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
    usual: dict[Any, Any]
    chairs: list[Chair]
    booked: dict[Any, str]
    owed: dict[Any, Owed]
    signs: dict[str, Sign]


def _known(clinic: Clinic, expected: list[Appointment], visits: list[Visit]) -> Known:
    _load_alerts([*(row.patient for row in expected), *(visit.patient for visit in visits)])
    here, people = _people(
        clinic, {row.dentist_id for row in expected} | {visit.dentist_id for visit in visits} - {None}
    )
    appointments = [row.pk for row in expected] + [visit.appointment_id for visit in visits if visit.appointment_id]
    return Known(
        people=people,
        usual=usual_chairs(here),
        chairs=chairs(clinic),
        booked=_booked(appointments),
        owed=owed_of(clinic, [visit.pk for visit in visits if visit.status in OWING]),
        signs=signs_by_key(clinic) if any(visit.signs for visit in visits) else {},
    )


def _visit_rows(clinic: Clinic, visits: list[Visit], known: Known, at: datetime) -> dict[Any, Row]:
    """Return the row of each visit by its key. Who waits gets the chair that is proposed, the others their own."""
    places: dict[Any, Chair] = {chair.pk: chair for chair in known.chairs}
    nothing = Owed(currency=clinic.currency)
    rows: dict[Any, Row] = {}
    for visit in visits:
        what = known.booked.get(visit.appointment_id) or visit.complaint or sign_words(known.signs, visit.signs)
        chair = places.get(visit.chair_id)
        if visit.status in QUEUED:
            booked = visit.booked_chair_id  # type: ignore[attr-defined]
            chair = pick_chair([booked, known.usual.get(visit.dentist_id)], known.chairs)
        dentist = known.people.get(visit.dentist_id)
        row = _visit_row(visit, dentist, chair, what, clinic.wait_limit_minutes, at)
        row.owed = known.owed.get(visit.pk, nothing)
        rows[visit.pk] = row
    return rows


def board(clinic: Clinic, at: datetime, *, whole: bool = False) -> Board:
    """Return today's board of the clinic. whole: with everybody who is done, not only the latest."""
    seen = version(clinic.pk, "day")  # read first: a change while the rest is read shows at the next question
    day, limit = day_of(clinic, at), clinic.wait_limit_minutes
    expected, visits = _expected(clinic, day), _visits(clinic, day)
    known = _known(clinic, expected, visits)
    rows = _visit_rows(clinic, visits, known, at)
    waiting = [visit for visit in visits if visit.status in QUEUED]
    sitting = {visit.chair_id: visit for visit in visits if visit.status == VisitStatus.IN_CHAIR}

    def having(*statuses: str) -> list[Visit]:
        return [visit for visit in visits if visit.status in statuses]

    in_chair = sorted(having(VisitStatus.IN_CHAIR), key=lambda visit: visit.seated_at or at)
    to_pay = sorted(having(VisitStatus.TO_PAY), key=lambda visit: visit.ended_at or at)
    done = sorted(having(VisitStatus.DONE, VisitStatus.LEFT), key=lambda visit: visit.closed_at or at, reverse=True)
    return Board(
        day=day,
        at=at,
        version=seen,
        expected=[_expected_row(row, known, limit, at) for row in expected],
        waiting=[rows[key] for key in _called_first(waiting)],
        in_chair=[rows[visit.pk] for visit in in_chair],
        to_pay=[rows[visit.pk] for visit in to_pay],
        done=[rows[visit.pk] for visit in (done if whole else done[:DONE_SHOWN])],
        done_count=len(done),
        chairs=[ChairNow(chair=chair, visit=sitting.get(chair.pk)) for chair in known.chairs],
        average=average_wait(((visit.arrived_at, visit.seated_at or visit.closed_at) for visit in visits), at=at),
        limit=limit,
    )


def _called_first(waiting: list[Visit]) -> list[Any]:
    """Return the keys of those who wait: who is called already, then the order of calling."""
    called = {visit.pk for visit in waiting if visit.status == VisitStatus.CALLED}
    order = [entry.key for entry in calling_order(waiting_entry(visit) for visit in waiting)]
    return sorted(order, key=lambda key: key not in called)


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


def _expected(clinic: Clinic, day: date) -> list[Appointment]:
    first, after = day_bounds(day, clinic.zone)
    rows = Appointment.objects.filter(
        clinic=clinic, starts_at__gte=first, starts_at__lt=after, status__in=sorted(EXPECTED)
    )
    rows = rows.select_related("patient").order_by("starts_at", "pk")
    return list(rows.only("status", "starts_at", "need", "dentist_id", *ANSWER, *PATIENT))


def _visits(clinic: Clinic, day: date) -> list[Visit]:
    """Visits of the day; and those of earlier days that never ended, so that nobody is forgotten in a chair."""
    open_before = Q(business_date__lt=day, status__in=[VisitStatus.IN_CHAIR, VisitStatus.TO_PAY])
    rows = Visit.objects.filter(Q(business_date=day) | open_before, clinic=clinic).exclude(status=VisitStatus.WITHDRAWN)
    rows = rows.select_related("patient").annotate(booked_chair_id=F("appointment__chair_id"))
    return list(rows.defer(*UNUSED).order_by("business_date", "queue_number"))


def _people(clinic: Clinic, ids: set[Any]) -> tuple[list[StaffMember], dict[Any, StaffMember]]:
    """Return the dentists of the clinic, and everybody of the ids: also those who work here no more."""
    here = dentists(clinic)
    by_id = {person.pk: person for person in here}
    gone = ids - by_id.keys()
    if gone:
        by_id |= {person.pk: person for person in StaffMember.objects.filter(pk__in=gone)}
    return here, by_id


def _load_alerts(patients: list[Patient]) -> None:
    """Read the open alerts of everybody on the board at once."""
    alerts = PatientAlert.objects.filter(ended_at=None).order_by("recorded_at", "pk")
    if patients:
        prefetch_related_objects(patients, Prefetch("alerts", queryset=alerts, to_attr="open_alerts"))


def _booked(appointment_ids: list[Any]) -> dict[Any, str]:
    """Return what each of the appointments is for, in short names."""
    if not appointment_ids:
        return {}
    names = ("procedure__short_zh", "procedure__name_zh", "procedure__name_en")
    items = AppointmentItem.objects.filter(appointment__in=appointment_ids).order_by("position", "pk")
    is_chinese = (get_language() or "").startswith("zh")
    found: dict[Any, list[str]] = {}
    for appointment_id, short, chinese, english in items.values_list("appointment_id", *names):
        found.setdefault(appointment_id, []).append((short or chinese) if is_chinese else english)
    return {appointment_id: "、".join(labels) for appointment_id, labels in found.items()}


def _find(patient: Patient, *more: str) -> str:
    """Return the text by which the board's own field finds a row: name, pinyin, initials, file number, dentist.

    Of a restricted file the number alone."""
    if is_covered(patient):
        return " ".join(filter(None, (patient.file_number, *more))).lower()
    syllables = patient.pinyin.split()
    initials = "".join(syllable[0] for syllable in syllables)
    return " ".join(filter(None, (patient.name, "".join(syllables), initials, patient.file_number, *more))).lower()


def _expected_row(appointment: Appointment, known: Known, limit: int, at: datetime) -> Row:
    late = late_minutes(due_at=appointment.starts_at, at=at)
    dentist = known.people.get(appointment.dentist_id)
    return Row(
        patient=appointment.patient,
        what=known.booked.get(appointment.pk) or appointment.need,
        dentist=dentist,
        find=_find(appointment.patient, dentist.name if dentist else ""),
        appointment=appointment,
        late=late,
        tone="bad" if late > limit else "warning" if late else "",
    )


def _visit_row(
    visit: Visit, dentist: StaffMember | None, chair: Chair | None, what: str, limit: int, at: datetime
) -> Row:
    since = waits_since(arrived_at=visit.arrived_at, due_at=visit.due_at)
    waited = minutes_between(since, visit.seated_at or at)
    return Row(
        patient=visit.patient,
        what=what,
        dentist=dentist,
        find=_find(visit.patient, dentist.name if dentist else "", str(visit.queue_number)),
        visit=visit,
        waited=waited,
        since=since,
        tone=tone_of(waited, limit=limit),
        is_over=waited > limit,
        chair=chair,
    )

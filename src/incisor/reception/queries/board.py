"""Today's board: a constant number of queries, whatever the day holds."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.translation import get_language

from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.clinics.queries import chairs
from incisor.kernel.clock import business_date, day_bounds
from incisor.kernel.live import version
from incisor.patients.models import Patient, PatientAlert
from incisor.reception.queries.chairs import ChairNow, pick_chair, usual_chairs
from incisor.reception.queries.money import Owed, owed_of
from incisor.reception.queries.queue import waiting_entry
from incisor.reception.queries.triage import signs_by_key
from incisor.reception.rules.queue import calling_order
from incisor.reception.rules.waiting import average_wait, late_minutes, minutes_between, tone_of, waits_since
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit

# Sealed fields that the board does not show: what is not read is not unsealed.
SEALED = ("phone", "email", "id_number", "insurance_number", "address", "note")


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
    signs: list[str] = field(default_factory=list)


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


def procedure_label(procedure: Procedure) -> str:
    """Return the short name of a procedure in the language of the page."""
    if (get_language() or "").startswith("zh"):
        return procedure.short_zh or procedure.name_zh
    return procedure.name_en


def board(clinic: Clinic, at: datetime) -> Board:
    """Return today's board of the clinic."""
    seen = version(clinic.pk, "day")  # read first: a change while the rest is read shows at the next question
    day = day_of(clinic, at)
    expected = _expected(clinic, day)
    visits = _visits(clinic, day)
    _load_parts(expected, visits)
    here, everywhere = dentists(clinic), chairs(clinic)
    usual = usual_chairs(here)
    owed = owed_of(clinic, [visit.pk for visit in visits if visit.status in {VisitStatus.TO_PAY, VisitStatus.DONE}])
    rows = {visit.pk: _visit_row(visit, clinic, at, owed) for visit in visits}
    waiting = [visit for visit in visits if visit.status in {VisitStatus.WAITING, VisitStatus.CALLED}]
    for visit in waiting:
        rows[visit.pk].chair = pick_chair(visit, everywhere, usual)
    order = [entry.key for entry in calling_order(waiting_entry(visit) for visit in waiting)]
    called = [key for key in order if rows[key].visit.status == VisitStatus.CALLED]  # type: ignore[index,union-attr]
    sitting = {visit.chair_id: visit for visit in visits if visit.status == VisitStatus.IN_CHAIR}

    def having(*statuses: str) -> list[Row]:
        return [rows[visit.pk] for visit in visits if visit.status in statuses]

    return Board(
        day=day,
        at=at,
        version=seen,
        expected=[_expected_row(appointment, clinic, at) for appointment in expected],
        waiting=[rows[key] for key in [*called, *(key for key in order if key not in called)]],  # type: ignore[index]
        in_chair=sorted(having(VisitStatus.IN_CHAIR), key=lambda row: row.visit.seated_at or at),  # type: ignore[union-attr]
        to_pay=sorted(having(VisitStatus.TO_PAY), key=lambda row: row.visit.ended_at or at),  # type: ignore[union-attr]
        done=sorted(having(VisitStatus.DONE, VisitStatus.LEFT), key=_closed, reverse=True),
        chairs=[ChairNow(chair=chair, visit=sitting.get(chair.pk)) for chair in everywhere],
        average=average_wait(((visit.arrived_at, visit.seated_at or visit.closed_at) for visit in visits), at=at),
        limit=clinic.wait_limit_minutes,
    )


def my_day(clinic: Clinic, dentist: StaffMember, at: datetime) -> Board:
    """Return the board as the dentist sees it: own patients, and those who wait for anybody."""
    whole = board(clinic, at)

    def mine(rows: Iterable[Row], *, anybody: bool = False) -> list[Row]:
        return [
            row
            for row in rows
            if (row.dentist is not None and row.dentist.pk == dentist.pk) or (anybody and row.dentist is None)
        ]

    whole.expected, whole.waiting = mine(whole.expected), mine(whole.waiting, anybody=True)
    whole.in_chair, whole.to_pay, whole.done = mine(whole.in_chair), mine(whole.to_pay), mine(whole.done)
    return whole


def _expected(clinic: Clinic, day: date) -> list[Appointment]:
    first, after = day_bounds(day, clinic.zone)
    rows = Appointment.objects.filter(
        clinic=clinic, starts_at__gte=first, starts_at__lt=after, status__in=sorted(EXPECTED)
    )
    rows = rows.select_related("patient", "dentist", "chair").order_by("starts_at", "pk")
    return list(rows.defer("note", *(f"patient__{name}" for name in SEALED)))


def _visits(clinic: Clinic, day: date) -> list[Visit]:
    """Visits of the day; and those of earlier days that never ended, so that nobody is forgotten in a chair."""
    open_before = Q(business_date__lt=day, status__in=[VisitStatus.IN_CHAIR, VisitStatus.TO_PAY])
    rows = Visit.objects.filter(Q(business_date=day) | open_before, clinic=clinic).exclude(status=VisitStatus.WITHDRAWN)
    rows = rows.select_related("patient", "dentist", "chair", "appointment").order_by("business_date", "queue_number")
    return list(rows.defer("appointment__note", *(f"patient__{name}" for name in SEALED)))


def _load_parts(expected: list[Appointment], visits: list[Visit]) -> None:
    """Read alerts and procedures of everybody on the board at once."""
    patients = [row.patient for row in (*expected, *visits)]
    appointments = expected + [visit.appointment for visit in visits if visit.appointment is not None]
    alerts = PatientAlert.objects.filter(ended_at=None).order_by("recorded_at", "pk")
    items = AppointmentItem.objects.select_related("procedure").order_by("position", "pk")
    if patients:
        prefetch_related_objects(patients, Prefetch("alerts", queryset=alerts, to_attr="open_alerts"))
    if appointments:
        prefetch_related_objects(appointments, Prefetch("items", queryset=items))


def _find(patient: Patient, *more: str) -> str:
    """Return the text by which the board's own field finds a row: name, pinyin, initials, file number, dentist."""
    syllables = patient.pinyin.split()
    initials = "".join(syllable[0] for syllable in syllables)
    return " ".join(filter(None, (patient.name, "".join(syllables), initials, patient.file_number, *more))).lower()


def _what(appointment: Appointment | None, otherwise: str) -> str:
    booked = "、".join(procedure_label(item.procedure) for item in appointment.items.all()) if appointment else ""
    return booked or otherwise


def _expected_row(appointment: Appointment, clinic: Clinic, at: datetime) -> Row:
    late = late_minutes(due_at=appointment.starts_at, at=at)
    return Row(
        patient=appointment.patient,
        what=_what(appointment, appointment.need),
        dentist=appointment.dentist,
        find=_find(appointment.patient, appointment.dentist.name),
        appointment=appointment,
        late=late,
        tone="bad" if late > clinic.wait_limit_minutes else "warning" if late else "",
    )


def _visit_row(visit: Visit, clinic: Clinic, at: datetime, owed: dict[uuid.UUID, Owed]) -> Row:
    since = waits_since(arrived_at=visit.arrived_at, due_at=visit.due_at)
    waited = minutes_between(since, visit.seated_at or at)
    limit = clinic.wait_limit_minutes
    known = signs_by_key()
    named = [known[key].label for key in visit.signs if key in known]
    return Row(
        patient=visit.patient,
        what=_what(visit.appointment, visit.complaint or "、".join(named)),
        dentist=visit.dentist,
        find=_find(visit.patient, visit.dentist.name if visit.dentist else "", str(visit.queue_number)),
        appointment=visit.appointment,
        visit=visit,
        waited=waited,
        since=since,
        tone=tone_of(waited, limit=limit),
        is_over=waited > limit,
        chair=visit.chair,
        owed=owed.get(visit.pk, Owed(currency=clinic.currency)),
        signs=named,
    )


def _closed(row: Row) -> datetime:
    visit = row.visit
    assert visit is not None
    return visit.closed_at or visit.arrived_at

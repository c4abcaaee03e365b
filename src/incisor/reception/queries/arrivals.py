"""Somebody stands at the door: how that fits to what is booked, and what can be done at once."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date, day_bounds, local
from incisor.kernel.errors import NotFound
from incisor.kernel.spans import minute_of
from incisor.patients.hooks import CodeHit
from incisor.patients.models import Patient
from incisor.patients.queries import is_covered
from incisor.reception.enums import Act, Situation
from incisor.reception.models import LateWord
from incisor.reception.queries.flow import flow_rules
from incisor.reception.rules.arrivals import TABLE, Coming, Handling, Limits, acts_of, situation_of
from incisor.scheduling.enums import EXPECTED, AppointmentStatus
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.scheduling.queries import Slot, proposals
from incisor.scheduling.rules import appointment_of_code, fitted, need_of, parse_filter
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit
from incisor.visits.queries import visit_of_appointment

MINUTE = timedelta(minutes=1)
AHEAD, BACK = timedelta(days=60), timedelta(days=14)
GAPS_SHOWN = 5
SOMEHOW = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.RESCHEDULED})


@dataclass
class Arriving:
    """An appointment whose patient stands at the door. minutes: since the appointed time, below zero before it."""

    appointment: Appointment
    situation: Situation
    minutes: int
    told_minutes: int = 0
    visit: Visit | None = None
    gaps: list[Slot] = field(default_factory=list)

    @property
    def handling(self) -> Handling:
        """What the table says."""
        return TABLE[self.situation]

    @property
    def away(self) -> int:
        """How many minutes early or late."""
        return abs(self.minutes)

    @property
    def acts(self) -> tuple[Act, ...]:
        """What the desk is offered."""
        return acts_of(self.situation, is_past=self.minutes >= self.length, is_restorable=self.is_today)

    @property
    def length(self) -> int:
        """How long the appointment is."""
        return minute_of(self.appointment.ends_at) - minute_of(self.appointment.starts_at)

    is_today: bool = True


def arriving(
    clinic: Clinic, appointment: Appointment, at: datetime, *, told_minutes: int | None = None, with_gaps: bool = False
) -> Arriving:
    """Return how the patient of an appointment comes now. told_minutes: None looks it up."""
    told = late_words(clinic, [appointment.pk]) if told_minutes is None else {appointment.pk: told_minutes}
    visit = visit_of_appointment(clinic, appointment)
    found = _arriving(clinic, appointment, at, visit, told.get(appointment.pk, 0), limits_of(clinic))
    if with_gaps and Act.GAP in found.acts:
        found.gaps = _gaps(clinic, found, at)
    return found


def arriving_all(clinic: Clinic, appointments: Collection[Appointment], at: datetime) -> list[Arriving]:
    """Return the same of several appointments, in their order, with a fixed number of queries."""
    keys = [one.pk for one in appointments]
    told = late_words(clinic, keys)
    rows = Visit.objects.filter(clinic=clinic, appointment__in=keys).exclude(status=VisitStatus.WITHDRAWN)
    visits = {visit.appointment_id: visit for visit in rows.select_related("patient")}
    limits = limits_of(clinic)
    return [_arriving(clinic, one, at, visits.get(one.pk), told.get(one.pk, 0), limits) for one in appointments]


def limits_of(clinic: Clinic) -> Limits:
    """Return from when on somebody is early or late in this clinic."""
    rules = flow_rules(clinic)
    return Limits(rules.early_minutes, rules.late_minutes)


def _arriving(
    clinic: Clinic, appointment: Appointment, at: datetime, visit: Visit | None, told_minutes: int, limits: Limits
) -> Arriving:
    days = (_day(clinic, at) - _day(clinic, appointment.starts_at)).days
    minutes = (at - appointment.starts_at) // MINUTE
    coming = Coming(
        status=appointment.status,
        minutes=minutes,
        days=days,
        told_minutes=told_minutes,
        is_here=visit is not None,
        is_own=appointment.clinic_id == clinic.pk,
    )
    return Arriving(appointment, situation_of(coming, limits), minutes, told_minutes, visit, is_today=days == 0)


def other_times(clinic: Clinic, came: Arriving, at: datetime) -> Arriving:
    """Return how somebody came who waits, with the free times of now."""
    came.gaps = _gaps(clinic, came, at)
    return came


def late_word_of(clinic: Clinic, appointment: Appointment) -> LateWord | None:
    """Return what the patient of an appointment said about coming later."""
    return LateWord.objects.filter(clinic=clinic, appointment=appointment, ended_at=None).first()


def by_the_clock(clinic: Clinic, appointment: Appointment, at: datetime) -> Arriving:
    """Return how somebody came who is checked in: early, on time or late, at the moment of coming."""
    told = late_words(clinic, [appointment.pk]).get(appointment.pk, 0)
    coming = Coming(
        status=AppointmentStatus.CONFIRMED, minutes=(at - appointment.starts_at) // MINUTE, told_minutes=told
    )
    situation = situation_of(coming, limits_of(clinic))
    return Arriving(appointment, situation, coming.minutes, told)


def _day(clinic: Clinic, at: datetime) -> Any:
    return business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)


def _gaps(clinic: Clinic, found: Arriving, at: datetime) -> list[Slot]:
    """Return free times of today for what is booked; for who is early only those before the appointed time."""
    appointment = found.appointment
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    need = need_of(
        [item.procedure for item in items],
        minutes=found.length,
        busy=fitted(appointment.busy, usual=found.length, minutes=found.length),
    )
    slots = proposals(
        clinic,
        patient=appointment.patient,
        need=need,
        wanted=parse_filter("t", today=_day(clinic, at)),
        now=at,
        besides=appointment,
        count=4 * GAPS_SHOWN,
    )
    fits = [slot for slot in slots if found.situation != Situation.EARLY or slot.starts_at < appointment.starts_at]
    return sorted(fits, key=lambda slot: (slot.starts_at, slot.dentist.pk != appointment.dentist_id))[:GAPS_SHOWN]


def late_words(clinic: Clinic, appointment_ids: Collection[Any]) -> dict[uuid.UUID, int]:
    """Return appointment → how many minutes later its patient said to come; one query."""
    rows = LateWord.objects.filter(clinic=clinic, appointment__in=appointment_ids, ended_at=None)
    return dict(rows.values_list("appointment_id", "minutes"))


def late_word(clinic: Clinic, word_id: Any) -> LateWord:
    """Return one such word. Raises NotFound."""
    found = LateWord.objects.filter(clinic=clinic, pk=word_id).select_related("appointment").first()
    if found is None:
        raise NotFound()
    return found


def not_for_now(clinic: Clinic, patient: Patient, at: datetime) -> list[Arriving]:
    """Return the appointments that somebody may mean who is not expected now: other days, cancelled, missed.

    The nearest first, three at most.
    """
    today, after = day_bounds(_day(clinic, at), clinic.zone)
    near = Appointment.objects.filter(clinic=clinic, patient=patient, starts_at__gte=today - BACK)
    near = near.filter(starts_at__lt=at + AHEAD).filter(
        Q(starts_at__gte=after, status__in=sorted(EXPECTED))
        | Q(starts_at__gte=today, starts_at__lt=after, status__in=sorted(SOMEHOW))
        | Q(starts_at__lt=today, status__in=sorted({AppointmentStatus.NO_SHOW, *EXPECTED}))
    )
    rows = sorted(near.select_related("dentist", "patient", "clinic"), key=lambda one: abs(one.starts_at - at))
    return arriving_all(clinic, rows[:3], at)


def appointment_anywhere(appointment_id: Any) -> Appointment | None:
    """Return an appointment of whatever clinic, for a scanned code: of another clinic only its clinic may be told."""
    rows = Appointment.objects.filter(pk=appointment_id).select_related("clinic", "patient", "dentist", "chair")
    return rows.first()


def read_code(clinic: Clinic, text: str, at: datetime) -> CodeHit | None:
    """Return what a scanned text means to the search: whom Enter checks in; None when it is no confirmation."""
    key = appointment_of_code(text)
    if key is None:
        return None
    url = reverse("reception:scan", args=[text.strip()])
    found = appointment_anywhere(key)
    if found is None:
        return CodeHit(_("This code is no confirmation of ours"), url)
    if found.clinic_id != clinic.pk:
        return CodeHit(_("Confirmation of %(clinic)s") % {"clinic": found.clinic.name}, url)
    name = _("Restricted file") if is_covered(found.patient) else found.patient.name
    words = {"patient": name, "time": local(found.starts_at, clinic.zone).strftime("%m-%d %H:%M")}
    return CodeHit(_("Arrived: %(patient)s, %(time)s") % words, url)

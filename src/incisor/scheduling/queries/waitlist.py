"""Reading the waitlist: who waits, whom a freed time fits, which offers are open, how well gaps are filled."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import minute_of, moment_of, span_of
from incisor.patients.models import Patient
from incisor.patients.queries import with_badge
from incisor.scheduling.enums import EXPECTED, FreedState, OfferState, WishPriority, WishState
from incisor.scheduling.models import (
    OCCUPYING_VALUES,
    Appointment,
    FreedSlot,
    SlotOffer,
    WaitlistItem,
    WaitlistRules,
    WaitlistWish,
)
from incisor.scheduling.queries.surroundings import REACH
from incisor.scheduling.rules.waitlist import FreeTime, Wished, in_turn, offered_part, turn

MOST_WAITING = 500


def waitlist_rules(clinic: Clinic) -> WaitlistRules:
    """Return the clinic's rules for offers, the shipped ones while it has not changed any."""
    return WaitlistRules.objects.filter(clinic=clinic).first() or WaitlistRules(clinic=clinic)


def open_slots_between(
    clinic_id: uuid.UUID, dentist_id: uuid.UUID, starts_at: datetime, ends_at: datetime
) -> list[uuid.UUID]:
    """Return the ids of the dentist's freed times that touch the time and are still open: asked at each booking."""
    return _open_slots(clinic_id, dentist_id, starts_at, ends_at)


@prepared
def _open_slots(
    clinic_id: uuid.UUID, dentist_id: uuid.UUID, starts_at: datetime, ends_at: datetime
) -> QuerySet[Any, Any]:
    found = FreedSlot.objects.filter(clinic_id=clinic_id, state=FreedState.OPEN, dentist_id=dentist_id)
    return found.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).values_list("pk", flat=True)


def _with_parts(found: QuerySet[WaitlistWish]) -> QuerySet[WaitlistWish]:
    items = WaitlistItem.objects.select_related("procedure").order_by("position", "pk")
    patients = with_badge(Patient.objects.defer("id_number", "insurance_number", "address", "email", "note"))
    return found.select_related("dentist", "appointment", "appointment__dentist").prefetch_related(
        Prefetch("patient", queryset=patients), Prefetch("items", queryset=items)
    )


def _waiting(clinic: Clinic) -> QuerySet[WaitlistWish]:
    return WaitlistWish.objects.filter(clinic=clinic, state=WishState.WAITING)


def waiting(clinic: Clinic) -> list[WaitlistWish]:
    """Return who waits, in the order in which they are asked, with patient, treatments and the present booking."""
    rows = list(_with_parts(_waiting(clinic)).order_by("created_at", "pk")[:MOST_WAITING])
    return sorted(rows, key=lambda row: turn(wished_of(row)))


def waiting_count(clinic: Clinic) -> int:
    """Return how many wait."""
    return _waiting(clinic).count()


def wish(clinic: Clinic, wish_id: Any) -> WaitlistWish:
    """Return a wish of the clinic. Raises NotFound."""
    found = _with_parts(WaitlistWish.objects.filter(clinic=clinic, pk=as_uuid(wish_id))).first()
    if found is None:
        raise NotFound()
    return found


def wishes_of(clinic: Clinic, patient: Patient) -> list[WaitlistWish]:
    """Return what the patient waits for."""
    return list(_with_parts(_waiting(clinic).filter(patient=patient)).order_by("created_at", "pk"))


def wished_of(row: WaitlistWish) -> Wished:
    """Return the wish as the rules read it."""
    booked = row.appointment
    return Wished(
        key=row.pk,
        entered=minute_of(row.created_at),
        minutes=row.minutes,
        first=row.first_on,
        until=row.until_on,
        dentist=row.dentist_id,
        specialty=row.specialty,
        weekdays=frozenset(row.weekdays),
        parts=tuple((begin, end) for begin, end in row.parts),
        notice=row.notice_minutes,
        booked_start=minute_of(booked.starts_at) if booked else None,
        is_urgent=row.priority == WishPriority.URGENT,
    )


def fitting(
    clinic: Clinic, *, dentist: Any, starts_at: datetime, ends_at: datetime, at: datetime, besides: Any = None
) -> list[WaitlistWish]:
    """Return who would be asked about a freed time, in turn.

    Left out: who was asked about this very time before, who thinks about another offer, who is expected elsewhere then.
    besides: the patient whose appointment is about to be freed.
    """
    rows = [row for row in _with_parts(_waiting(clinic)) if row.patient_id != besides and _still_waits(row)]
    if not rows:
        return []
    wall = local(starts_at, clinic.zone)
    time = FreeTime(
        dentist=dentist.pk,
        specialties=frozenset(dentist.specialties),
        start=minute_of(starts_at),
        end=minute_of(ends_at),
        day=wall.date(),
        minute=wall.hour * 60 + wall.minute,
    )
    by_key = {row.pk: row for row in rows}
    found = [by_key[one.key] for one in in_turn([wished_of(row) for row in rows], time, now=minute_of(at))]
    if not found:
        return []
    gone = _asked(found, dentist.pk, starts_at) | _busy_then(found, starts_at, ends_at)
    return [row for row in found if row.pk not in gone]


def fitting_when_freed(clinic: Clinic, appointment: Appointment, at: datetime) -> list[WaitlistWish]:
    """Return who would be asked, in turn, if this appointment gave its time back now."""
    least = waitlist_rules(clinic).least_ahead_minutes
    span = span_of(appointment.starts_at, appointment.ends_at)
    part = offered_part(span, now=minute_of(at), least_ahead=least)
    if part is None:
        return []
    return fitting(
        clinic, dentist=appointment.dentist, starts_at=moment_of(part[0]), ends_at=moment_of(part[1]), at=at,
        besides=appointment.patient_id,
    )  # fmt: skip


def _still_waits(row: WaitlistWish) -> bool:
    """A wish to come earlier means something only while its appointment is expected."""
    return row.appointment is None or row.appointment.status in EXPECTED


def _asked(rows: Sequence[WaitlistWish], dentist_id: uuid.UUID, starts_at: datetime) -> set[uuid.UUID]:
    asked = SlotOffer.objects.filter(wish_id__in=[row.pk for row in rows])
    this = Q(dentist_id=dentist_id, starts_at=starts_at)
    return set(asked.filter(this | Q(state=OfferState.OPEN)).values_list("wish_id", flat=True))


def _busy_then(rows: Sequence[WaitlistWish], starts_at: datetime, ends_at: datetime) -> set[uuid.UUID]:
    """Who has another appointment at that time; the one to be moved does not count."""
    taken = Appointment.objects.filter(
        patient_id__in=[row.patient_id for row in rows], status__in=OCCUPYING_VALUES,
        starts_at__gt=starts_at - REACH, starts_at__lt=ends_at, ends_at__gt=starts_at,
    )  # fmt: skip
    busy = set(taken.values_list("patient_id", "pk"))
    return {
        row.pk for row in rows if any(patient == row.patient_id and pk != row.appointment_id for patient, pk in busy)
    }


def _offers(clinic: Clinic) -> QuerySet[SlotOffer]:
    patients = with_badge(Patient.objects.defer("id_number", "insurance_number", "address", "email", "note"))
    items = WaitlistItem.objects.select_related("procedure").order_by("position", "pk")
    found = SlotOffer.objects.filter(clinic=clinic).select_related("slot", "slot__chair", "dentist", "wish", "hold")
    return found.prefetch_related(
        "wish__appointment__dentist",
        Prefetch("wish__patient", queryset=patients),
        Prefetch("wish__items", queryset=items),
    )


def open_offers(clinic: Clinic) -> list[SlotOffer]:
    """Return the offers that wait for an answer, calls to make first, then by when they end."""
    rows = list(_offers(clinic).filter(state=OfferState.OPEN).order_by("expires_at", "pk")[:100])
    return sorted(rows, key=lambda row: (row.channel != "call", row.expires_at, str(row.pk)))


def offer(clinic: Clinic, offer_id: Any) -> SlotOffer:
    """Return an offer of the clinic. Raises NotFound."""
    found = _offers(clinic).filter(pk=as_uuid(offer_id)).first()
    if found is None:
        raise NotFound()
    return found


def freed_slots(clinic: Clinic, at: datetime) -> list[FreedSlot]:
    """Return the freed times that lie ahead and are offered to nobody now, by time."""
    found = FreedSlot.objects.filter(clinic=clinic, state=FreedState.OPEN, starts_at__gt=at)
    asked = SlotOffer.objects.filter(clinic=clinic, state=OfferState.OPEN).values_list("slot_id", flat=True)
    rows = found.exclude(pk__in=list(asked)).select_related("dentist", "chair").order_by("starts_at", "pk")
    return list(rows[:50])


def freed_slot(clinic: Clinic, slot_id: Any) -> FreedSlot:
    """Return a freed time of the clinic. Raises NotFound."""
    found = FreedSlot.objects.filter(clinic=clinic, pk=as_uuid(slot_id)).select_related("dentist", "chair").first()
    if found is None:
        raise NotFound()
    return found


class FillRate(NamedTuple):
    """What became of the times that came free. Counted: those freed in the days; not counted: those taken back.

    offered: times about which somebody was asked; filled: from the waitlist; booked: otherwise; empty: nobody came.
    """

    freed: int
    offered: int
    filled: int
    booked: int
    empty: int

    @property
    def percent(self) -> int:
        """Of the times about which somebody was asked, how many the waitlist filled."""
        return round(100 * self.filled / self.offered) if self.offered else 0


def fill_rate(clinic: Clinic, first: date, last: date) -> FillRate:
    """Return how well freed times were filled, for those that came free from the first to the last day."""
    begin, end = day_bounds(first, clinic.zone, days=(last - first) // timedelta(days=1) + 1)
    found = FreedSlot.objects.filter(clinic=clinic, freed_at__gte=begin, freed_at__lt=end)
    found = found.exclude(state=FreedState.RESTORED)
    asked = ~Q(offers__state__in=[OfferState.SKIPPED, OfferState.WITHDRAWN]) & Q(offers__isnull=False)
    counts = found.aggregate(
        freed=Count("pk", distinct=True),
        offered=Count("pk", filter=asked, distinct=True),
        filled=Count("pk", filter=Q(state=FreedState.FILLED), distinct=True),
        booked=Count("pk", filter=Q(state=FreedState.TAKEN), distinct=True),
        empty=Count("pk", filter=Q(state=FreedState.LAPSED), distinct=True),
    )
    return FillRate(**counts)


def longest_wait(clinic: Clinic, at: datetime) -> timedelta | None:
    """Return how long the one who waits longest has waited, None when nobody waits."""
    first = _waiting(clinic).order_by("created_at").values_list("created_at", flat=True).first()
    return at - first if first else None

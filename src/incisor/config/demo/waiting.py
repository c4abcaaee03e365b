"""The demo's worklists: visits to be booked again, people who would like to come earlier, gaps filled and not."""

from datetime import datetime, timedelta

from incisor.accounts.models import User
from incisor.config.demo.material import Dice
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.scheduling.models import (
    Appointment,
    AppointmentItem,
    FreedSlot,
    SlotOffer,
    Unplaced,
    UnplacedItem,
    WaitlistItem,
    WaitlistWish,
)

LOST_DAYS = 21
MOST_LOST, MOST_WISHES = 6, 6
GONE = {"cancelled": "cancelled", "no_show": "missed"}


def make_waiting(dice: Dice, places: list[Place], *, at: datetime, system: User) -> None:
    """Fill the worklists of each clinic from what its appointments show."""
    for place in places:
        desk = place.desk[0] if place.desk else system
        _lost(place, at=at, by=desk)
        _wishes(dice, place, at=at, by=desk)


def _lost(place: Place, *, at: datetime, by: User) -> None:
    """What was cancelled or missed lately and whose patient has nothing to come waits to be booked again."""
    since = at - timedelta(days=LOST_DAYS)
    found = Appointment.objects.filter(
        clinic=place.clinic, status__in=sorted(GONE), starts_at__gte=since, starts_at__lt=at
    )
    coming = set(
        Appointment.objects.filter(clinic=place.clinic, starts_at__gt=at, status="confirmed").values_list(
            "patient_id", flat=True
        )
    )
    rows = [row for row in found.order_by("-starts_at", "pk") if row.patient_id not in coming][:MOST_LOST]
    items = AppointmentItem.objects.filter(appointment__in=rows).order_by("position", "pk")
    for number, row in enumerate(rows):
        kept = Unplaced.objects.create(
            clinic=place.clinic, patient_id=row.patient_id, appointment=row, origin=GONE[row.status],
            why=row.cancel_reason, dentist_id=row.dentist_id,
            minutes=(row.ends_at - row.starts_at) // timedelta(minutes=1), channel=row.channel, need=row.need,
            note=row.note, since_at=row.starts_at - timedelta(hours=3), created_by=by,
            contact_count=number % 2, contacted_at=at - timedelta(hours=20) if number % 2 else None,
            contact_outcome="no_answer" if number % 2 else "",
        )  # fmt: skip
        UnplacedItem.objects.bulk_create(
            UnplacedItem(unplaced=kept, procedure_id=item.procedure_id, position=item.position)
            for item in items
            if item.appointment_id == row.pk
        )


def _wishes(dice: Dice, place: Place, *, at: datetime, by: User) -> None:
    """Some who are booked in a week or more would come earlier; one wish of the past was filled."""
    later = Appointment.objects.filter(
        clinic=place.clinic, status="confirmed", starts_at__gt=at + timedelta(days=7)
    ).select_related("patient")
    rows = list(later.order_by("starts_at", "pk")[:60])
    chosen = [rows.pop(dice.between(0, len(rows) - 1)) for _number in range(min(MOST_WISHES, len(rows)))]
    for number, row in enumerate(chosen):
        is_written = row.patient.contact_channel in ("wechat", "sms")
        wish = WaitlistWish.objects.create(
            clinic=place.clinic, patient=row.patient, appointment=row,
            minutes=(row.ends_at - row.starts_at) // timedelta(minutes=1), first_on=clock.local(at, ZONE).date(),
            until_on=clock.local(row.starts_at, ZONE).date(), parts=[[1020, 1440]] if number == 1 else [],
            channel="message" if is_written else "call", priority="urgent" if number == 2 else "normal",
            created_by=by, created_at=at - timedelta(days=number * 2 + 1),
        )  # fmt: skip
        WaitlistItem.objects.bulk_create(
            WaitlistItem(wish=wish, procedure_id=item.procedure_id, position=item.position)
            for item in AppointmentItem.objects.filter(appointment=row)
        )
    _filled(place, at=at, by=by)


def _filled(place: Place, *, at: datetime, by: User) -> None:
    """Two gaps of last week: one filled from the waitlist, one that stayed empty."""
    done = Appointment.objects.filter(clinic=place.clinic, status="completed", starts_at__lt=at).order_by("-starts_at")
    for row, state in zip(list(done[:2]), ("filled", "lapsed"), strict=False):
        freed_at = row.starts_at - timedelta(days=2)
        slot = FreedSlot.objects.create(
            clinic=place.clinic, dentist_id=row.dentist_id, chair_id=row.chair_id, starts_at=row.starts_at,
            ends_at=row.ends_at, freed_by="cancelled", state=state, filled_by=row if state == "filled" else None,
            freed_at=freed_at, closed_at=freed_at + timedelta(minutes=30),
        )  # fmt: skip
        minutes = (row.ends_at - row.starts_at) // timedelta(minutes=1)
        wish = WaitlistWish.objects.create(
            clinic=place.clinic, patient_id=row.patient_id, minutes=minutes,
            first_on=clock.local(freed_at, ZONE).date(), channel="call",
            state="served" if state == "filled" else "left", leave_reason="" if state == "filled" else "no_need",
            served_as=row if state == "filled" else None, created_by=by, created_at=freed_at - timedelta(days=3),
            closed_at=freed_at + timedelta(minutes=30),
        )  # fmt: skip
        SlotOffer.objects.create(
            clinic=place.clinic, slot=slot, wish=wish, dentist_id=row.dentist_id, starts_at=row.starts_at,
            minutes=minutes, channel="call", state="accepted" if state == "filled" else "refused",
            offered_at=freed_at, expires_at=freed_at + timedelta(hours=1),
            answered_at=freed_at + timedelta(minutes=30), answered_by=by,
        )  # fmt: skip

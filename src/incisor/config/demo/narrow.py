"""What narrows the demo's calendar: weekly blocks, a reserve, a daily limit, a time pattern, a meeting over a booking."""

from datetime import date, datetime, time, timedelta

from incisor.accounts.models import User
from incisor.clinics.models import Procedure
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.scheduling.models import Appointment, Block, BlockRule, DailyLimit


def make_narrow(places: list[Place], *, at: datetime, system: User, first_day: date, today: date) -> None:
    """Write what a clinic would have entered under Booking rules, and one meeting that hits a coming appointment."""
    # the dentist puts the gel on and takes it off; in between another patient can be seen
    Procedure.objects.filter(code="whitening_chair").update(busy=[[0, 20], [75, 90]])
    for place in places:
        clinic, dentists = place.clinic, [one.staff for one in place.dentists]
        same = {"clinic": clinic, "valid_from": first_day, "created_by": system, "created_at": at}
        BlockRule.objects.bulk_create(
            [
                BlockRule(kind="meeting", reason="晨会", weekdays=[0], starts=time(8, 40), ends=time(9), **same),
                BlockRule(
                    kind="reserve", reason="急诊预留", weekdays=[0, 1, 2, 3, 4], starts=time(16, 30), ends=time(17),
                    dentist=dentists[0], opens_minutes=120, **same,
                ),
                BlockRule(
                    kind="only", reason="种植专用", weekdays=[3], starts=time(14), ends=time(16), dentist=dentists[-1],
                    only=["specialty:implants"], **same,
                ),
            ]
        )  # fmt: skip
        DailyLimit.objects.create(clinic=clinic, name="种植", kinds=["specialty:implants"], most=2)
        _meeting_over_a_booking(place, at=at, system=system, today=today)


def _meeting_over_a_booking(place: Place, *, at: datetime, system: User, today: date) -> None:
    """Somebody entered a training without looking: who is hit stands on the worklist."""
    begin = clock.moment(today + timedelta(days=2), time(0), ZONE)
    found = Appointment.objects.filter(
        clinic=place.clinic, starts_at__gte=begin, starts_at__lt=begin + timedelta(days=4), status="confirmed"
    )
    hit = found.order_by("starts_at", "pk").first()
    if hit is not None:
        Block.objects.create(
            clinic=place.clinic, dentist_id=hit.dentist_id, kind="meeting", reason="种植系统培训", starts_at=hit.starts_at,
            ends_at=hit.starts_at + timedelta(hours=1), created_by=system, created_at=at,
        )  # fmt: skip

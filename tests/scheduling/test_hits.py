"""What a change of hours, chairs or people hits: asked by clinics and staff through their hook."""

from datetime import timedelta

from incisor.clinics.hooks import bookings_between
from incisor.clinics.models import OpeningHours
from incisor.clinics.queries import bookings_outside_hours
from incisor.staff.models import Leave
from incisor.staff.queries import bookings_outside_duty
from tests.factories.clinics import make_chair
from tests.factories.scheduling import make_appointment


def booked(clinic, patient, dentist, chair, at, **over):
    return make_appointment(clinic=clinic, patient=patient, dentist=dentist, chair=chair, starts_at=at, **over)


def test_hits_are_the_expected_bookings_of_that_time_chair_and_dentist(clinic, pia, dana, chair, at):
    later = at + timedelta(hours=2)
    one = booked(clinic, pia, dana, chair, later)
    booked(clinic, pia, dana, chair, later, status="cancelled")
    booked(clinic, pia, dana, chair, at - timedelta(days=1))
    other_chair = make_chair(clinic=clinic, name="2号椅")

    def hits(**wanted):
        return [hit.url for hit in bookings_between(clinic, start=at, **wanted)]

    url = f"/appointments/{one.pk}/move/"
    assert hits() == hits(chair=chair) == hits(staff=dana) == [url]
    assert hits(chair=other_chair) == hits(end=later) == []
    assert [hit.label for hit in bookings_between(clinic, start=at)] == ["皮亚 · 丹娜 · 1号椅"]


def test_shorter_hours_and_leave_name_the_booking(clinic, pia, dana, chair, at):
    booked(clinic, pia, dana, chair, at + timedelta(hours=2))
    before = [len(bookings_outside_hours(clinic, since=at)), len(bookings_outside_duty(clinic, since=at))]

    OpeningHours.objects.filter(weekday=0).delete()
    Leave.objects.create(staff=dana, kind="sick", starts_at=at, ends_at=at + timedelta(days=1))

    assert before == [0, 0]
    assert [row.reason for row in bookings_outside_hours(clinic, since=at)] == ["closed"]
    assert [row.reason for row in bookings_outside_duty(clinic, since=at)] == ["on_leave"]


def test_booking_of_another_clinic_is_no_hit(clinic, other_clinic, pia, dana, chair, at):
    booked(clinic, pia, dana, chair, at + timedelta(hours=2))

    assert bookings_between(other_clinic, start=at) == []

"""The computer's clock steps back an hour in the middle of the work: keys go on rising, the record stays whole."""

import time
from datetime import timedelta

import pytest

from incisor.audit.models import Entry
from incisor.audit.queries.chain import broken_places
from incisor.kernel.ids import uuid7
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import book_appointment
from tests.factories.patients import make_patient

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def set_back(monkeypatch):
    """Set the computer's clock back an hour, as a time server or a person does."""
    real = time.time_ns
    return lambda: monkeypatch.setattr(time, "time_ns", lambda: real() - 3600 * 10**9)


def test_clock_steps_back_an_hour_between_two_bookings(rosa, clinic, dana, chair, cleaning, at, set_back):
    def book(number, moment):
        return book_appointment(
            by=rosa, clinic=clinic, patient=make_patient(clinic=clinic, file_number=f"A2{number:05}"), dentist=dana,
            chair=chair, starts_at=at + timedelta(days=1, minutes=30 * number), procedures=[cleaning], at=moment,
        )  # fmt: skip

    made = [book(number, at + timedelta(minutes=number)) for number in range(3)]
    set_back()
    made += [book(number, at - HOUR + timedelta(minutes=number)) for number in range(3, 6)]

    assert [one.pk for one in made] == sorted(one.pk for one in made)
    assert Appointment.objects.count() == 6
    entries = list(Entry.objects.filter(what="appointment.booked").order_by("number"))
    assert [one.subject_id for one in entries] == [one.pk for one in made]
    assert entries[3].at < entries[2].at  # the record says what the clock said
    assert list(broken_places()) == []


def test_keys_rise_while_the_clock_is_behind(set_back):
    before = [uuid7() for _ in range(100)]
    set_back()
    after = [uuid7() for _ in range(100)]

    assert before + after == sorted(set(before + after))

"""Twenty people at once want the same: exactly one gets it, the others get a clean refusal."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from incisor.kernel.organisation import organisation
from incisor.scheduling import services
from incisor.scheduling.models import Appointment
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
CROWD = 20
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def real_database(transactional_db, tmp_path):
    """On SQLite, race on a file as in life: a database in memory has neither the gate nor more than one writer."""
    if connection.vendor != "sqlite":
        yield
        return
    path = str(tmp_path / "race.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [path])
    in_memory, settings_dict = connections["default"], connections.settings["default"]
    name, settings_dict["NAME"] = settings_dict["NAME"], path
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        settings_dict["NAME"] = name
        connections["default"] = in_memory


def all_at_once(book, count=CROWD):
    """Run book(n) in that many threads, begun together; return what came of each: the appointment or the refusal."""
    outcomes = [None] * count
    start = threading.Barrier(count)

    def one(number):
        with organisation("desk"):
            try:
                start.wait(30)
                outcomes[number] = book(number)
            except Exception as failure:
                outcomes[number] = failure
            finally:
                connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


def counted(outcomes):
    booked = [one for one in outcomes if isinstance(one, Appointment)]
    refused = [one for one in outcomes if isinstance(one, services.SlotTaken)]
    other = [one for one in outcomes if not isinstance(one, (Appointment, services.SlotTaken))]
    return len(booked), len(refused), other


@pytest.fixture
def crowd(clinic):
    return [make_patient(clinic=clinic, file_number=f"A1{n:05}") for n in range(CROWD)]


@pytest.fixture
def second_dentist(clinic):
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅", position=2))
    make_roster(staff=leo, clinic=clinic)
    return leo


def test_one_slot_goes_to_exactly_one(rosa, clinic, dana, chair, cleaning, crowd, at):
    outcomes = all_at_once(
        lambda n: services.book_appointment(
            by=rosa,
            clinic=clinic,
            patient=crowd[n],
            dentist=dana,
            chair=chair,
            starts_at=TEN,
            procedures=[cleaning],
            at=at,
        )
    )

    assert counted(outcomes) == (1, CROWD - 1, [])
    assert Appointment.objects.count() == 1
    refusal = next(one for one in outcomes if isinstance(one, services.SlotTaken))
    assert len(refusal.alternatives) == 3


def test_any_dentist_goes_to_as_many_as_there_are(rosa, clinic, dana, second_dentist, cleaning, crowd, at):
    outcomes = all_at_once(
        lambda n: services.book_appointment(
            by=rosa, clinic=clinic, patient=crowd[n], starts_at=TEN, procedures=[cleaning], at=at
        )
    )

    assert counted(outcomes) == (2, CROWD - 2, [])
    assert set(Appointment.objects.values_list("dentist_id", flat=True)) == {dana.pk, second_dentist.pk}


def test_one_patient_is_booked_once_across_dentists(rosa, clinic, pia, dana, chair, second_dentist, cleaning, at):
    from incisor.clinics.queries import chairs

    places = [(dana, chair), (second_dentist, next(one for one in chairs(clinic) if one.pk != chair.pk))]
    outcomes = all_at_once(
        lambda n: services.book_appointment(
            by=rosa, clinic=clinic, patient=pia, dentist=places[n % 2][0], chair=places[n % 2][1], starts_at=TEN,
            procedures=[cleaning], at=at,
        )
    )  # fmt: skip

    assert counted(outcomes) == (1, CROWD - 1, [])


def test_one_chair_is_booked_once_across_dentists(rosa, clinic, dana, chair, second_dentist, cleaning, crowd, at):
    outcomes = all_at_once(
        lambda n: services.book_appointment(
            by=rosa, clinic=clinic, patient=crowd[n], dentist=(dana, second_dentist)[n % 2], chair=chair, starts_at=TEN,
            procedures=[cleaning], at=at,
        )
    )  # fmt: skip

    assert counted(outcomes) == (1, CROWD - 1, [])


def test_same_request_sent_many_times_books_once(rosa, clinic, pia, cleaning, dana, chair, at):
    outcomes = all_at_once(
        lambda n: services.book_appointment(
            by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning],
            request_key="the same", at=at,
        )
    )  # fmt: skip

    assert counted(outcomes) == (CROWD, 0, [])
    assert len({one.pk for one in outcomes}) == 1


def test_moves_and_bookings_for_one_slot(rosa, clinic, dana, chair, cleaning, crowd, at):
    mine = [
        services.book_appointment(
            by=rosa, clinic=clinic, patient=crowd[n], dentist=dana, chair=chair, starts_at=TEN + timedelta(minutes=30 * n),
            procedures=[cleaning], at=at,
        )
        for n in range(1, 6)
    ]  # fmt: skip

    def act(n):
        if n < len(mine):
            services.move_appointment(by=rosa, appointment=mine[n], starts_at=TEN, at=at)
            return Appointment.objects.get(pk=mine[n].pk)
        return services.book_appointment(
            by=rosa, clinic=clinic, patient=crowd[n + 5], dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning],
            at=at,
        )  # fmt: skip

    assert counted(all_at_once(act, 12)) == (1, 11, [])
    assert Appointment.objects.filter(starts_at=TEN).count() == 1

"""Two organisations in one PostgreSQL database: what one does, the other never sees. (tests/neighbour.py, whole suite.)"""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from incisor.config import archive
from incisor.kernel.db.prepared import prepared
from incisor.kernel.organisation import ChangedInTransaction, organisation
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from tests import neighbour
from tests.factories.patients import make_patient

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite: each organisation is a file of its own"),
]


@pytest.fixture(autouse=True)
def go_home_afterwards():
    yield
    Patient.objects.exists()


def test_neighbour_is_there_and_sees_nothing_of_ours(clinic):
    mine = make_patient(clinic=clinic, name="我家病人")

    with organisation(neighbour.SCHEMA):
        assert [one.name for one in Patient.objects.all()] == [neighbour.PATIENT]
        assert not Patient.objects.filter(pk=mine.pk).exists()
        assert Appointment.objects.count() == 1
    assert [one.name for one in Patient.objects.all()] == ["我家病人"]


@prepared
def patients_since(at: datetime) -> QuerySet[Any, Any]:
    return Patient.objects.filter(created_at__gte=at).values_list("name", flat=True)


def test_a_statement_that_the_connection_keeps_follows_the_organisation(clinic):
    make_patient(clinic=clinic, name="我家病人")
    ever = datetime(2000, 1, 1, tzinfo=UTC)
    for _turn in range(2):
        assert patients_since(ever) == ["我家病人"]
        with organisation(neighbour.SCHEMA):
            assert patients_since(ever) == [neighbour.PATIENT]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%patients_patient%'")
        assert cursor.fetchone() == (1,)


def test_a_change_at_the_neighbours_is_found_out():
    """The check at the end of the suite can fail: one changed letter is enough."""
    with organisation(neighbour.SCHEMA):
        before = archive.sums(connection)
        Patient.objects.update(note="x")
    try:
        (found,) = neighbour.what_is_wrong(before)
        assert found.startswith("patients_patient: ")
    finally:
        with organisation(neighbour.SCHEMA):
            Patient.objects.update(note="")
    assert neighbour.what_is_wrong(before) == []


def test_nobody_goes_next_door_in_the_middle_of_a_transaction(transactional_db):
    from django.db import transaction

    with transaction.atomic(), pytest.raises(ChangedInTransaction), organisation(neighbour.SCHEMA):
        Patient.objects.count()

"""Reads whose statement is built once."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet

from incisor.clinics.models import Chair, Clinic, Holiday
from incisor.kernel.db.prepared import NotPreparable, prepared
from incisor.kernel.models import JobRun
from tests.factories.clinics import make_chair

AT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


@prepared
def chairs_named(clinic_id: uuid.UUID, name: str) -> QuerySet[Chair]:
    return Chair.objects.filter(clinic_id=clinic_id, name=name, is_active=True).select_related("room__clinic")


@prepared
def days_of(first: dt.date, last: dt.date) -> "QuerySet[Any, Any]":
    return Holiday.objects.filter(day__gte=first, day__lte=last).order_by("day").values_list("day", "kind")


@prepared
def runs_since(at: dt.datetime) -> "QuerySet[Any, Any]":
    return JobRun.objects.filter(started_at__gte=at).order_by("started_at").values_list("name", flat=True)


def test_reads_afresh_with_each_argument(clinic: Clinic, other_clinic: Clinic) -> None:
    mine, theirs = make_chair(clinic=clinic, name="A 1"), make_chair(clinic=other_clinic, name="A 1")
    assert chairs_named(clinic.pk, "A 1") == [mine]
    assert chairs_named(other_clinic.pk, "A 1") == [theirs]
    assert chairs_named(clinic.pk, "A 2") == []
    mine.name = "A 2"
    mine.save()
    assert [one.name for one in chairs_named(clinic.pk, "A 2")] == ["A 2"]


def test_rows_are_whole_and_their_relations_read(clinic: Clinic, django_assert_num_queries: Any) -> None:
    made = make_chair(clinic=clinic, name="A 1", capabilities=["surgery"])
    chairs_named(clinic.pk, "A 1")
    with django_assert_num_queries(1):
        one = chairs_named(clinic.pk, "A 1")[0]
        assert (one.pk, one.capabilities, one.room.clinic.name) == (made.pk, ["surgery"], clinic.name)
        assert not one._state.adding


def test_tuples_of_any_length_and_annotations(clinic: Clinic) -> None:
    @prepared
    def among(clinic_id: uuid.UUID, ids: tuple[uuid.UUID, ...]) -> QuerySet[Chair]:
        found = Chair.objects.filter(clinic_id=clinic_id, pk__in=ids).annotate(its_room=F("room__name"))
        return found.order_by("name")

    chairs = [make_chair(clinic=clinic, name=f"A {n}") for n in range(3)]
    for some in (chairs, chairs[:1], chairs[1:], []):
        assert among(clinic.pk, tuple(one.pk for one in some)) == some
    assert among(clinic.pk, (chairs[0].pk,))[0].its_room == chairs[0].room.name


def test_days_and_moments_are_arguments(clinic: Clinic) -> None:
    for day in (1, 2, 3):
        Holiday.objects.create(day=dt.date(2031, 1, day), kind="holiday", name_zh="节", name_en="Day")
    assert [day.day for day, _kind in days_of(dt.date(2031, 1, 2), dt.date(2031, 1, 3))] == [2, 3]
    assert [day.day for day, _kind in days_of(dt.date(2031, 1, 1), dt.date(2031, 1, 1))] == [1]
    JobRun.objects.create(name="early", slot="1", started_at=AT)
    JobRun.objects.create(name="late", slot="1", started_at=AT + dt.timedelta(hours=1))
    assert runs_since(AT) == ["early", "late"]
    assert runs_since(AT + dt.timedelta(minutes=1)) == ["late"]


def test_the_statement_is_built_once(clinic: Clinic) -> None:
    built = []

    @prepared
    def named(clinic_id: uuid.UUID) -> QuerySet[Clinic]:
        built.append(clinic_id)
        return Clinic.objects.filter(pk=clinic_id)

    assert [named(clinic.pk), named(uuid.uuid4()), named(clinic.pk)] == [[clinic], [], [clinic]]
    assert len(built) == 1
    assert clinic.pk not in built, "a stand-in, never the first caller's value"


def test_what_cannot_be_kept_is_refused(clinic: Clinic) -> None:
    @prepared
    def by_number(number: int) -> QuerySet[Chair]:
        return Chair.objects.filter(position=number)

    @prepared
    def unused(clinic_id: uuid.UUID) -> QuerySet[Chair]:
        return Chair.objects.all()

    @prepared
    def with_more(clinic_id: uuid.UUID) -> QuerySet[Chair]:
        return Chair.objects.filter(clinic_id=clinic_id).prefetch_related("room")

    for read, value in ((by_number, 3), (unused, clinic.pk), (with_more, clinic.pk)):
        with pytest.raises(NotPreparable):
            read(value)
    chairs_named(clinic.pk, "A 1")
    with pytest.raises(NotPreparable):
        chairs_named(str(clinic.pk), "A 1")


def test_rows_are_made_as_django_makes_them(clinic: Clinic) -> None:
    make_chair(clinic=clinic, name="A 1", capabilities=["surgery"])
    mine, theirs = chairs_named(clinic.pk, "A 1")[0], Chair.objects.select_related("room__clinic").get(name="A 1")
    for one, other in ((mine, theirs), (mine.room, theirs.room), (mine.room.clinic, theirs.room.clinic)):
        plain = [{key: value for key, value in row.__dict__.items() if key != "_state"} for row in (one, other)]
        assert plain[0] == plain[1]
        assert (one._state.adding, one._state.db) == (other._state.adding, other._state.db)


def test_listeners_to_statements_see_the_same_rows(clinic: Clinic) -> None:
    make_chair(clinic=clinic, name="100 %s")
    heard: list[str] = []

    def listener(execute: Any, sql: str, *rest: Any) -> Any:
        heard.append(sql)
        return execute(sql, *rest)

    unheard = chairs_named(clinic.pk, "100 %s")
    with connection.execute_wrapper(listener):
        assert chairs_named(clinic.pk, "100 %s") == unheard
    assert len(unheard) == len(heard) == 1


@prepared(plan_once=True)
def chairs_in_use(clinic_id: uuid.UUID, name: str) -> QuerySet[Chair]:
    return Chair.objects.filter(clinic_id=clinic_id, name=name, is_active=True)


def test_what_is_planned_once_is_read_afresh(clinic: Clinic) -> None:
    chairs = [make_chair(clinic=clinic, name=f"A {n}") for n in range(3)]
    assert [chairs_in_use(clinic.pk, f"A {n}") for n in range(4)] == [[chairs[0]], [chairs[1]], [chairs[2]], []]


@pytest.mark.django_db(transaction=True)
def test_planning_once_leaves_the_connection_as_it_was() -> None:
    def planning() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW plan_cache_mode")
            return str(cursor.fetchone()[0])

    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans a statement once, without values")
    for nobody in (uuid.uuid4(), uuid.uuid4()):
        chairs_in_use(nobody, "A 1")
        assert planning() == "auto"
        with transaction.atomic():  # its very first statement
            chairs_in_use(nobody, "A 1")
            chairs_in_use(nobody, "A 1")
            transaction.set_rollback(True)
        assert planning() == "auto"
        with transaction.atomic():
            assert planning() == "auto"
            chairs_in_use(nobody, "A 1")
            assert planning() == "auto"
            transaction.set_rollback(True)
        assert planning() == "auto"


def test_nothing_is_read_in_a_transaction_that_has_failed(clinic: Clinic) -> None:
    chairs_named(clinic.pk, "A 1")
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            chairs_named(clinic.pk, "A 1")

"""Rows written by a statement that is built once."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models.sql import InsertQuery

from incisor.clinics.enums import HolidayKind
from incisor.clinics.models import Chair, Clinic, Holiday
from incisor.kernel.db.writing import _insertion, insert, rewrite, run
from incisor.kernel.models import JobRun, LiveVersion
from tests.factories.clinics import make_chair

AT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
OURS = [model for model in apps.get_models() if model.__module__.startswith("incisor.")]


def version_of(clinic: Clinic) -> int:
    return LiveVersion.objects.get(clinic_id=clinic.pk, topic="calls").version


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
@pytest.mark.django_db
def test_the_statement_is_the_one_that_django_builds(model: type[models.Model]) -> None:
    query = InsertQuery(model)
    query.insert_values(list(model._meta.local_concrete_fields), [model()])
    ((sql, _params),) = query.get_compiler(connection=connection).as_sql()
    assert _insertion(model, False) == sql


def test_an_inserted_row_is_read_back_whole(clinic: Clinic) -> None:
    room = make_chair(clinic=clinic, name="A 0").room
    chair = Chair(clinic=clinic, room=room, name="A 1", position=3, capabilities=["surgery"], is_active=False)
    assert insert(chair)
    found = Chair.objects.get(pk=chair.pk)
    for field in Chair._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(chair, field.attname), field.name
    assert (chair._state.adding, chair._state.db) == (False, "default")


def test_a_member_of_an_enumeration_is_written_as_its_value(clinic: Clinic) -> None:
    day = Holiday(day=dt.date(2031, 1, 1), kind=HolidayKind.HOLIDAY, name_zh="节", name_en="Day")
    insert(day)
    assert list(Holiday.objects.filter(kind="holiday").values_list("pk", flat=True)) == [day.pk]


def test_what_a_constraint_stands_against_is_refused(clinic: Clinic) -> None:
    first = LiveVersion(clinic_id=clinic.pk, topic="calls", version=1)
    insert(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(LiveVersion(clinic_id=clinic.pk, topic="calls", version=7))
    assert version_of(clinic) == 1


def test_a_refusal_without_a_savepoint_ends_the_transaction(clinic: Clinic) -> None:
    insert(LiveVersion(clinic_id=clinic.pk, topic="calls", version=1))
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(LiveVersion(clinic_id=clinic.pk, topic="calls", version=7))
        assert transaction.get_rollback()


def test_or_left_out_and_the_transaction_goes_on(clinic: Clinic) -> None:
    assert insert(LiveVersion(clinic_id=clinic.pk, topic="calls", version=1), or_nothing=True)
    second = LiveVersion(clinic_id=clinic.pk, topic="calls", version=7)
    assert not insert(second, or_nothing=True)
    assert second._state.adding
    assert version_of(clinic) == 1


def test_only_the_named_fields_are_written_again(clinic: Clinic) -> None:
    chair = make_chair(clinic=clinic, name="A 1", capabilities=["surgery"])
    chair.name, chair.position, chair.capabilities = "A 2", 99, []
    rewrite(chair, "name", "capabilities")
    found = Chair.objects.get(pk=chair.pk)
    assert (found.name, found.capabilities) == ("A 2", [])
    assert found.position != 99


def test_a_statement_tells_how_many_rows_it_touched(clinic: Clinic) -> None:
    sql = "UPDATE kernel_jobrun SET name = %s WHERE started_at = %s"
    for slot in ("1", "2"):
        JobRun.objects.create(name="early", slot=slot, started_at=AT)
    assert run(sql, "late", AT) == 2
    assert run(sql, "late", AT + dt.timedelta(seconds=1)) == 0
    assert set(JobRun.objects.values_list("name", flat=True)) == {"late"}


def test_nothing_is_written_in_a_transaction_that_has_failed(clinic: Clinic) -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            insert(LiveVersion(clinic_id=clinic.pk, topic="calls", version=1))
    assert not LiveVersion.objects.filter(clinic_id=clinic.pk, topic="calls").exists()


def test_listeners_hear_of_it_and_change_nothing(clinic: Clinic) -> None:
    heard: list[str] = []

    def listener(execute: Any, sql: str, *rest: Any) -> Any:
        heard.append(sql)
        return execute(sql, *rest)

    row = LiveVersion(clinic_id=clinic.pk, topic="calls", version=1)
    with connection.execute_wrapper(listener):
        assert insert(row)
        assert not insert(LiveVersion(clinic_id=clinic.pk, topic="calls", version=2), or_nothing=True)
        assert run("UPDATE kernel_liveversion SET version = version + 1 WHERE clinic_id = %s", uuid.uuid4()) == 0
    assert [sql.split()[0] for sql in heard] == ["INSERT", "INSERT", "UPDATE"]
    assert version_of(clinic) == 1

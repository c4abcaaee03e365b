"""The contracts that every app stands on: guard, audit chain, numbers, live versions, events."""

import threading
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.audit.models import Entry
from incisor.audit.queries import broken_places
from incisor.audit.services import RecordedOutsideAction, record
from incisor.kernel import events, live
from incisor.kernel.errors import NotAllowed
from incisor.kernel.numbers import next_number
from incisor.kernel.organisation import NoOrganisation, current


@action(Permission.PATIENT_EDIT)
def rename(*, by, clinic, name, at):
    record(
        "clinic.renamed",
        subject=clinic,
        before={"name": clinic.name, "code": clinic.code},
        after={"name": name, "code": clinic.code},
    )
    live.touch(clinic.pk, "day")
    if name == "refuse":
        raise ValueError(name)
    return next_number(clinic_id=clinic.pk, series="test")


def test_action_writes_audit_line_number_and_live_version_together(clinic, rosa, at):
    assert rename(by=rosa, clinic=clinic, name="新名", at=at) == 1
    assert rename(by=rosa, clinic=clinic, name="再新", at=at) == 2

    lines = list(Entry.objects.order_by("number"))
    assert [(line.what, line.user_id, line.chain, line.number) for line in lines] == [
        ("clinic.renamed", rosa.pk, clinic.pk, 1),
        ("clinic.renamed", rosa.pk, clinic.pk, 2),
    ]
    assert lines[0].detail == '{"after":{"name":"新名"},"before":{"name":"晨光口腔"}}'
    assert live.version(clinic.pk, "day") == 2
    assert list(broken_places()) == []


def test_action_that_fails_leaves_nothing(clinic, rosa, at):
    with pytest.raises(ValueError, match="refuse"):
        rename(by=rosa, clinic=clinic, name="refuse", at=at)

    assert Entry.objects.count() == 0
    assert live.version(clinic.pk, "day") == 0
    assert rename(by=rosa, clinic=clinic, name="好", at=at) == 1


def test_action_is_refused_in_another_clinic(clinic, omar, at):
    with pytest.raises(NotAllowed):
        rename(by=omar, clinic=clinic, name="抢", at=at)

    assert Entry.objects.count() == 0


def test_record_outside_action_is_an_error(clinic):
    with pytest.raises(RecordedOutsideAction):
        record("x", subject=clinic)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"what": "other.thing"}, "the entry was altered"),
        ({"detail_hash": "0" * 64}, "the detail was altered"),
        ({"user_name": "谁"}, "the entry was altered"),
    ],
)
def test_altered_entry_breaks_the_chain(clinic, rosa, at, change, problem):
    for name in ("一", "二", "三"):
        rename(by=rosa, clinic=clinic, name=name, at=at)
    Entry.objects.filter(number=2).update(**change)

    assert problem in {place.problem for place in broken_places()}


def test_removed_entry_breaks_the_chain(clinic, rosa, at):
    for name in ("一", "二", "三"):
        rename(by=rosa, clinic=clinic, name=name, at=at)
    Entry.objects.filter(number=3).delete()

    assert [place.problem for place in broken_places()] == ["the end of the chain is missing"]


@dataclass(frozen=True, kw_only=True)
class Rang(events.Event):
    number: int


@pytest.mark.django_db(transaction=True)
def test_event_is_refused_outside_a_transaction():
    heard = []
    events.on(Rang)(lambda event: heard.append(event.number))

    with pytest.raises(events.PublishedOutsideTransaction):
        events.publish(Rang(number=1))
    with transaction.atomic():
        events.publish(Rang(number=2))

    assert heard == [2]


def test_without_organisation_there_is_no_database():
    caught = []

    def ask():
        try:
            current()
        except NoOrganisation:
            caught.append(True)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert caught == [True]


def test_tables_live_in_the_organisation_schema(db):
    if connection.vendor != "postgresql":
        assert "kernel_jobrun" in connection.introspection.table_names()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'kernel_%%' OR tablename = 'django_migrations'"
        )
        schemas = {name for (name,) in cursor.fetchall()}
    assert "desk" in schemas
    assert "public" not in schemas

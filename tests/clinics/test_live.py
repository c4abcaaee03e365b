"""What an open page learns about changes."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time

from incisor.accounts.models import SignIn
from incisor.kernel import clock, live


def touch(clinic, topic="day"):
    with transaction.atomic():
        live.touch(clinic.pk, topic)
        live.flush()


def test_nothing_new_is_empty_and_a_change_gives_the_new_version(as_rosa, clinic):
    before = as_rosa.get("/live/day/?since=0")
    touch(clinic)
    after = as_rosa.get("/live/day/?since=0")
    again = as_rosa.get("/live/day/?since=1")

    assert [answer.status_code for answer in (before, after, again)] == [204, 200, 204]
    assert after.headers["X-Live-Version"] == "1"


def test_other_clinic_and_other_topic_are_not_heard(as_rosa, clinic, other_clinic):
    touch(other_clinic)
    touch(clinic, "tasks")

    assert as_rosa.get("/live/day/?since=0").status_code == 204


def test_unknown_topic_is_missing(as_rosa, clinic):
    assert as_rosa.get("/live/weather/?since=0").status_code == 404


def test_visitor_learns_nothing(client, clinic):
    assert client.get("/live/day/?since=0").status_code != 204


def test_asking_again_costs_one_indexed_read(as_rosa, clinic):
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert as_rosa.get("/live/day/?since=0").status_code == 204
        counts.append(len(queries))

    assert counts[0] <= 6
    assert counts[1] == 1, [query["sql"] for query in queries]


def test_after_some_seconds_the_session_is_checked_again(as_rosa, clinic, at):
    with freeze_time(at) as watch:
        as_rosa.get("/live/day/?since=0")
        watch.tick(10)
        with CaptureQueriesContext(connection) as queries:
            as_rosa.get("/live/day/?since=0")

    assert len(queries) > 1


def test_an_ended_session_hears_of_no_change(as_rosa, clinic):
    as_rosa.get("/live/day/?since=0")
    SignIn.objects.update(ended_at=clock.now())

    touch(clinic)
    answer = as_rosa.get("/live/day/?since=0")

    assert answer.status_code != 200
    assert "X-Live-Version" not in answer.headers
    assert as_rosa.get("/live/day/?since=1").status_code not in (200, 204)

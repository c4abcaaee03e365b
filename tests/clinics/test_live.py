"""What an open page learns about changes."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from incisor.kernel import live


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


def test_asking_costs_few_queries(as_rosa, clinic):
    as_rosa.get("/live/day/?since=0")
    with CaptureQueriesContext(connection) as queries:
        as_rosa.get("/live/day/?since=0")

    assert len(queries) <= 6, [query["sql"] for query in queries]

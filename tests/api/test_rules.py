"""Keys, pace, cursors and versions on plain values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.api.rules import Bucket, cursor_of, etag_of, is_open, paced, place_of, version_of

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEY = UUID("0198f000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("expires", "ended", "opens"),
    [
        (timedelta(seconds=1), None, True),
        (timedelta(0), None, False),
        (timedelta(days=-1), None, False),
        (timedelta(days=9), AT - timedelta(days=1), False),
    ],
)
def test_key_opens_until_it_expires_or_is_ended(expires, ended, opens):
    assert is_open(expires_at=AT + expires, ended_at=ended, at=AT) is opens


def test_bucket_is_full_at_first_and_fills_evenly():
    bucket = None
    lefts = []
    for _request in range(3):
        pace = paced(bucket, limit=3, now=100.0)
        bucket = pace.bucket
        lefts.append((pace.is_allowed, pace.left))

    refused = paced(bucket, limit=3, now=100.0)
    later = paced(refused.bucket, limit=3, now=120.0)

    assert lefts == [(True, 2), (True, 1), (True, 0)]
    assert (refused.is_allowed, refused.left, refused.wait) == (False, 0, 21)
    assert later.is_allowed


def test_bucket_holds_a_minute_at_most():
    assert paced(Bucket(1.0, 0.0), limit=60, now=9999.0).left == 59


@given(limit=st.integers(1, 600), gaps=st.lists(st.floats(0, 30), max_size=200))
def test_never_more_than_the_limit_and_what_flowed_in(limit, gaps):
    now, bucket, passed = 0.0, None, 0
    for gap in gaps:
        now += gap
        pace = paced(bucket, limit=limit, now=now)
        bucket = pace.bucket
        passed += pace.is_allowed

    assert passed <= limit + now * limit / 60 + 1


@given(moment=st.datetimes(timezones=st.just(UTC)), key=st.uuids())
def test_cursor_comes_back_as_it_was(moment, key):
    assert place_of(cursor_of(moment, key)) == (moment, key)


@pytest.mark.parametrize(
    "cursor",
    ["x", "====", "bnVsbA", "WzEsMl0", "W10", "eyJhIjoxfQ", cursor_of(datetime(2026, 1, 1), KEY), "\u4f60"],
)
def test_cursor_of_somebody_else_is_none(cursor):
    assert place_of(cursor) is None


@pytest.mark.parametrize(
    ("etag", "version"),
    [
        ('"7"', 7),
        ('W/"7"', 7),
        ("7", 7),
        ('"x"', None),
        ("", None),
        ("*", None),
        ('"²"', None),
        ('"12345678901"', None),
    ],
)
def test_version_of_an_entity_tag(etag, version):
    assert version_of(etag) == version


def test_entity_tag_of_a_version_is_read_again():
    assert version_of(etag_of(3)) == 3

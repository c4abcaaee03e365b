"""Links for a patient's phone: one purpose, a time, a hash, and no word about why one opens nothing."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from incisor.messaging.models import Link, LinkFailure
from incisor.messaging.queries import LinkGone, open_link
from incisor.messaging.rules import (
    LINK_FAILURE_WINDOW,
    LINK_FAILURES_PER_ORIGIN,
    MAX_LINK_FAILURES,
    last_digits,
    link_path,
)
from incisor.messaging.services import follow_link, make_link, try_digits, use_link, withdraw_links

SUBJECT = uuid.UUID("0198f000-0000-7000-8000-000000000001")
HOUR = timedelta(hours=1)


def made(clinic, pia, at, **over):
    values = {"clinic": clinic, "purpose": "a", "patient": pia, "subject_id": SUBJECT, "lasts": HOUR, "at": at}
    link, path = make_link(**{**values, **over})
    return link, path.split("/")[3]


def test_link_opens_what_it_was_made_for(clinic, pia, at):
    link, token = made(clinic, pia, at)

    opened = open_link(token, "a", at)

    assert (opened.pk, opened.subject_id, opened.patient, opened.clinic) == (link.pk, SUBJECT, pia, clinic)


def test_token_has_128_bits_and_is_kept_nowhere(clinic, pia, at):
    _link, path = make_link(clinic=clinic, purpose="a", patient=pia, subject_id=SUBJECT, lasts=HOUR, at=at)
    token = re.fullmatch(r"/p/a/([A-Za-z0-9_-]{22})/", path)[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_link")
        kept = str(cursor.fetchall())

    assert token not in kept
    assert made(clinic, pia, at)[1] != token


@pytest.mark.parametrize(
    ("purpose", "after"),
    [("f", timedelta(0)), ("a", HOUR), ("a", HOUR + timedelta(days=400)), ("", timedelta(0))],
)
def test_other_purpose_and_past_expiry_open_nothing(clinic, pia, at, purpose, after):
    _link, token = made(clinic, pia, at)

    with pytest.raises(LinkGone):
        open_link(token, purpose, at + after)


@pytest.mark.parametrize("token", ["", "-", "AAAAAAAAAAAAAAAAAAAAAA", "x" * 5000, "；"])
def test_unknown_token_opens_nothing(clinic, pia, at, token):
    made(clinic, pia, at)

    with pytest.raises(LinkGone) as refused:
        open_link(token, "a", at)

    assert (str(refused.value), refused.value.details) == ("", {})


def test_link_is_used_once(clinic, pia, at):
    link, token = made(clinic, pia, at)

    use_link(link=link, at=at)

    with pytest.raises(LinkGone):
        use_link(link=link, at=at)
    with pytest.raises(LinkGone):
        open_link(token, "a", at)


def test_withdrawn_links_open_nothing_and_others_stay(clinic, pia, at):
    _mine, token = made(clinic, pia, at)
    _other, other = made(clinic, pia, at, subject_id=uuid.uuid4())

    assert withdraw_links(clinic=clinic, purpose="a", subject_id=SUBJECT, at=at) == 1
    with pytest.raises(LinkGone):
        open_link(token, "a", at)
    assert open_link(other, "a", at).patient == pia


def test_too_many_wrong_tokens_close_the_door_for_their_origin_only(clinic, pia, at):
    _link, token = made(clinic, pia, at)
    for _n in range(LINK_FAILURES_PER_ORIGIN):
        with pytest.raises(LinkGone):
            follow_link(token="wrong", purpose="a", origin="10.0.0.9", at=at)

    with pytest.raises(LinkGone):
        follow_link(token=token, purpose="a", origin="10.0.0.9", at=at)
    assert follow_link(token=token, purpose="a", origin="10.0.0.8", at=at).patient == pia
    assert LinkFailure.objects.count() == LINK_FAILURES_PER_ORIGIN
    later = at + LINK_FAILURE_WINDOW
    assert follow_link(token=token, purpose="a", origin="10.0.0.9", at=later).patient == pia


def test_right_digits_cost_nothing(clinic, pia, at):
    link, token = made(clinic, pia, at)

    assert [try_digits(link=link, digits="1111", origin="x", at=at) for _n in range(9)] == [True] * 9
    assert open_link(token, "a", at).failures == 0


def test_wrong_digits_end_the_link(clinic, pia, at):
    link, token = made(clinic, pia, at)

    tried = [try_digits(link=link, digits="2222", origin="x", at=at) for _n in range(MAX_LINK_FAILURES)]

    assert tried == [False] * MAX_LINK_FAILURES
    with pytest.raises(LinkGone):
        try_digits(link=link, digits="1111", origin="x", at=at)
    with pytest.raises(LinkGone):
        open_link(token, "a", at)


def test_without_a_number_no_digits_are_right(clinic, pia, at):
    link, _token = made(clinic, None, at)

    with pytest.raises(LinkGone):
        try_digits(link=link, digits="1111", origin="x", at=at)
    assert Link.objects.get().failures == 0


@given(st.text(max_size=20))
def test_last_digits_are_four_digits_or_nothing(number):
    found = last_digits(number)

    assert found == "" or (len(found) == 4 and found.isdigit())


def test_last_digits_look_past_signs():
    assert (last_digits("+86 138-0000-12 34"), last_digits("123"), last_digits("")) == ("1234", "", "")


def test_path_says_the_purpose():
    assert link_path(purpose="f", token="abc") == "/p/f/abc/"

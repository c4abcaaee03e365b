"""What a page sends again because it got no answer is done once."""

import pytest
from django.urls import reverse

from incisor.accounts.access import own_action
from incisor.kernel import requests
from incisor.kernel.errors import Refused
from incisor.kernel.models import FinishedRequest
from incisor.reception.models import ScreenNotice

KEY = "0198f000-0000-7000-8000-00000000abcd"


@pytest.fixture
def do(rosa, at):
    """Return a guarded action that counts how often it was carried out."""
    done = []

    @own_action
    def act(*, by, at, fails=False):
        if fails:
            raise Refused("no")
        done.append(by)

    def do(key, **over):
        with requests.sent_as(key):
            act(by=rosa, at=at, **over)

    do.done, do.act = done, act
    return do


def test_same_sending_is_carried_out_once(do):
    do(KEY)
    with pytest.raises(requests.AlreadyDone):
        do(KEY)
    do("another-key")
    do("")
    do("")

    assert len(do.done) == 4


def test_one_sending_may_do_several_things(do, rosa, at):
    with requests.sent_as(KEY):
        do.act(by=rosa, at=at)
        do.act(by=rosa, at=at)

    assert len(do.done) == 2
    assert FinishedRequest.objects.filter(action="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_refused_may_be_sent_again(do):
    with pytest.raises(Refused):
        do(KEY, fails=True)
    do(KEY)

    assert len(do.done) == 1


def test_key_of_somebody_else_does_not_count(do, mona, at):
    do(KEY)
    with requests.sent_as(KEY):
        do.act(by=mona, at=at)

    assert len(do.done) == 2


def test_page_sent_twice_makes_one_row_and_says_so(as_rosa):
    new = reverse("reception:notice-new")
    script = {"HX-Request": "true", "X-Request-Key": KEY}
    first = as_rosa.post(new, {"text_zh": "停水"}, headers=script)
    again = as_rosa.post(new, {"text_zh": "停水"}, headers=script)

    assert (first.status_code, again.status_code) == (204, 204)
    assert (again.headers["X-Request-Repeated"], "toast" in again.headers["HX-Trigger"]) == ("1", True)
    assert ScreenNotice.objects.count() == 1


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/settings/screens/", "/settings/screens/"), ("https://evil.example/", "/"), ("", "/")],
)
def test_plain_form_sent_twice_goes_back_to_its_page(as_rosa, referer, back):
    new = reverse("reception:notice-new")
    typed = {"text_zh": "停水", "_request_key": KEY}
    as_rosa.post(new, typed)
    again = as_rosa.post(new, typed, headers={"Referer": referer} if referer else {})

    assert (again.status_code, again.headers["Location"].removeprefix("http://testserver")) == (303, back)
    assert ScreenNotice.objects.count() == 1


def test_faulty_key_is_none(as_rosa):
    new = reverse("reception:notice-new")
    for _twice in range(2):
        as_rosa.post(new, {"text_zh": "停水", "_request_key": "x' OR 1"})

    assert ScreenNotice.objects.count() == 2

"""The door of the portal: headers, one answer for every wrong link, digits before names, no JavaScript needed."""

import uuid
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from incisor.accounts.models import Visitor
from incisor.kernel import clock
from incisor.kernel.errors import NotFound, Refused
from incisor.messaging.models import Link
from incisor.messaging.rules import MAX_LINK_FAILURES
from incisor.messaging.services import make_link
from incisor.portal.views import by_link


@by_link("f")
def plain_page(request, link):
    return HttpResponse(f"{link.patient.name} {request.LANGUAGE_CODE}")


@by_link("f", asks_digits=True)
def named_page(request, link):
    return HttpResponse(link.patient.name)


@by_link("f")
def missing_page(request, link):
    raise NotFound()


@by_link("f")
def refusing_page(request, link):
    raise Refused("Not now.")


@pytest.fixture
def token(clinic, pia):
    _link, path = make_link(
        clinic=clinic, purpose="f", patient=pia, subject_id=uuid.uuid4(), lasts=timedelta(days=1), at=clock.now()
    )
    return path.split("/")[3]


def asked(method="get", data=None, cookies=None):
    request = getattr(RequestFactory(), method)("/p/f/x/", data or {})
    request.user, request.clinic = Visitor(), None
    request.COOKIES.update(cookies or {})
    return request


def test_door_opens_and_leaves_nothing_behind(token):
    response = plain_page(asked(), token)

    assert response.content.decode() == "皮亚 zh-hans"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_page_speaks_the_patients_language_unless_the_browser_chose(token, pia):
    type(pia).objects.filter(pk=pia.pk).update(language="en")

    assert plain_page(asked(), token).content.decode() == "皮亚 en"
    assert plain_page(asked(cookies={"django_language": "zh-hans"}), token).content.decode() == "皮亚 zh-hans"
    assert plain_page(asked(cookies={"django_language": "xx"}), token).content.decode() == "皮亚 en"


def test_every_wrong_link_gets_the_same_answer(client, token, clinic, pia):
    """Unknown, of another purpose, expired, used, or leading to something that is gone: byte for byte the same."""
    answers = {plain_page(asked(), "wrong").content, missing_page(asked(), token).content}
    Link.objects.update(used_at=clock.now())
    answers.add(plain_page(asked(), token).content)
    Link.objects.update(used_at=None, created_at=clock.now() - timedelta(days=3), expires_at=clock.now())
    answers.add(plain_page(asked(), token).content)
    whole = client.get("/p/zz/whatever/")

    assert len({text.partition(b"<main")[2] for text in answers}) == 1  # before it stands the key of the language form
    assert (whole.status_code, plain_page(asked(), token).status_code) == (404, 404)
    assert pia.name not in whole.content.decode()
    assert clinic.name not in whole.content.decode()


def test_page_of_the_portal_runs_no_script_and_may_not_be_framed(client, db):
    response = client.get("/p/a/wrong/")

    assert b"<script" not in response.content
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "sessionid" not in response.cookies


def test_names_stand_behind_the_last_four_digits(token, pia, clinic):
    first = named_page(asked(), token)
    wrong = named_page(asked("post", {"digits": "9999"}), token)
    no_digits = named_page(asked("post", {"digits": "12a"}), token)
    right = named_page(asked("post", {"digits": "1111"}), token)

    for page in (first, wrong, no_digits):
        assert pia.name not in page.content.decode()
        assert clinic.name not in page.content.decode()
    assert (first.status_code, wrong.status_code, no_digits.status_code, right.status_code) == (200, 422, 422, 303)
    cookies = {name: morsel.value for name, morsel in right.cookies.items()}
    assert named_page(asked(cookies=cookies), token).content.decode() == pia.name
    assert right.cookies["incisor_link"]["path"] == f"/p/f/{token}/"
    assert right.cookies["incisor_link"]["httponly"]


def test_cookie_of_another_link_or_a_forged_one_opens_nothing(token, clinic, pia):
    _other, path = make_link(
        clinic=clinic, purpose="f", patient=pia, subject_id=uuid.uuid4(), lasts=timedelta(days=1), at=clock.now()
    )
    right = named_page(asked("post", {"digits": "1111"}), path.split("/")[3])
    cookies = {name: morsel.value for name, morsel in right.cookies.items()}

    assert pia.name not in named_page(asked(cookies=cookies), token).content.decode()
    assert pia.name not in named_page(asked(cookies={"incisor_link": "forged"}), token).content.decode()


def test_after_some_wrong_digits_the_link_is_gone(token):
    codes = [named_page(asked("post", {"digits": "9999"}), token).status_code for _n in range(MAX_LINK_FAILURES + 1)]

    assert codes == [422] * MAX_LINK_FAILURES + [404]
    assert named_page(asked("post", {"digits": "1111"}), token).status_code == 404


def test_refusal_is_shown_as_a_page_of_the_portal(token):
    response = refusing_page(asked(), token)

    assert response.status_code == 409
    assert "Not now." in response.content.decode()

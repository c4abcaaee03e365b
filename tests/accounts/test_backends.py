"""Who is signed in, request by request."""

from typing import Any

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client

from incisor.accounts.backends import Nobody, person_middleware, person_of


def request_of(client: Client) -> HttpRequest:
    request = HttpRequest()
    request.session = SessionStore(client.session.session_key)
    return request


def test_person_of_a_session(as_rosa: Client, rosa: Any) -> None:
    assert person_of(request_of(as_rosa)) == rosa


def test_nobody_without_a_session(client: Client, db: None) -> None:
    person = person_of(request_of(client))

    assert isinstance(person, Nobody)
    assert not person.is_authenticated


def test_changed_password_ends_the_session(as_rosa: Client, rosa: Any) -> None:
    rosa.set_password("another long one")
    rosa.save(update_fields=["password"])
    request = request_of(as_rosa)

    assert not person_of(request).is_authenticated
    assert request.session.is_empty()


def test_closed_account_ends_the_session(as_rosa: Client, rosa: Any) -> None:
    type(rosa).objects.filter(pk=rosa.pk).update(is_active=False)

    assert not person_of(request_of(as_rosa)).is_authenticated


@pytest.mark.parametrize("given", ["", "forged"])
def test_session_without_the_right_hash_is_nobodys(as_rosa: Client, given: str) -> None:
    request = request_of(as_rosa)
    request.session[HASH_SESSION_KEY] = given

    assert not person_of(request).is_authenticated


def test_middleware_asks_late(client: Client) -> None:
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    person_middleware(answer)(HttpRequest())  # without a session: asking at once would fail

    assert len(seen) == 1


def test_a_page_opens(as_rosa: Client) -> None:
    assert as_rosa.get("/healthz/").status_code == 200

"""Requests that are carried out once."""

import uuid

import pytest

from incisor.kernel import requests
from incisor.kernel.errors import Refused
from incisor.kernel.models import FinishedRequest

USER = uuid.UUID("0198f000-0000-7000-8000-000000000001")


@pytest.fixture
def ask(db, at):
    """Return a function that sends a request; what it makes is counted in `made`."""
    made = []

    def ask(key="key-1", content="a", action="book", fails=False, user_id=USER):
        def act():
            if fails:
                raise Refused("no", code="no")
            made.append(uuid.uuid4())
            return made[-1]

        return requests.once(user_id=user_id, key=key, action=action, content=content, at=at, act=act)

    ask.made = made
    return ask


def test_first_request_acts_and_the_same_again_does_not(ask):
    first, again = ask(), ask()

    assert (first, again) == ((ask.made[0], True), (ask.made[0], False))
    assert len(ask.made) == 1


def test_same_key_of_somebody_else_or_another_key_acts(ask):
    ask()
    ask(key="key-2")
    ask(user_id=uuid.uuid4())

    assert len(ask.made) == 3


@pytest.mark.parametrize("over", [{"content": "b"}, {"action": "cancel"}])
def test_same_key_for_something_else_is_refused(ask, over):
    ask()

    with pytest.raises(requests.KeyReused) as refusal:
        ask(**over)

    assert (refusal.value.code, refusal.value.status, len(ask.made)) == ("key_reused", 422, 1)


def test_what_was_refused_is_not_remembered(ask):
    with pytest.raises(Refused):
        ask(fails=True)

    assert not FinishedRequest.objects.exists()
    assert ask()[1] is True


def test_key_that_a_form_used_is_no_key_of_another_kind(ask, at):
    requests.remember(user_id=USER, key="key-1", action="book", result_id=USER, at=at)

    with pytest.raises(requests.KeyReused):
        ask()

"""A program that speaks to the interface with a key, at a clock that stands still."""

import json
import uuid

import pytest
from django.test import Client

from incisor.api.views.rest import appointments, holds, keys, patients, times
from tests.factories.api import make_token


class Program:
    """Sends requests to /api/v1/ with the key, and a fresh idempotency key with each POST."""

    def __init__(self, token=None, secret=None):
        self.client = Client()
        self.token = token
        self.secret = secret or (token.secret if token else "")

    def send(self, method, path, body=None, *, key=None, version=None, **headers):
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        if method == "post" and key is not False:
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/v1/{path}", **content, headers=headers)

    def get(self, path, **more):
        return self.send("get", path, **more)

    def post(self, path, body=None, **more):
        return self.send("post", path, {} if body is None else body, **more)

    def patch(self, path, body, **more):
        return self.send("patch", path, body, **more)

    def delete(self, path, **more):
        return self.send("delete", path, **more)


@pytest.fixture(autouse=True)
def still(monkeypatch, at):
    """The interface reads the clock in these places; here it stands still."""
    for module in (appointments, holds, keys, patients, times):
        monkeypatch.setattr(module, "now", lambda: at)
    keys.forget_pace()


@pytest.fixture
def program(clinic):
    """A program that may do everything in the clinic."""
    return Program(make_token(clinic=clinic))


@pytest.fixture
def program_with(clinic):
    """Return a function that gives a program with these rights."""
    return lambda *scopes, **over: Program(make_token(clinic=clinic, scopes=scopes, **over))


@pytest.fixture
def foreign(other_clinic):
    """A program that may do everything in the other clinic."""
    return Program(make_token(clinic=other_clinic, name="别家"))


@pytest.fixture
def tomorrow(at):
    """Tomorrow at 10:00 in the clinic."""
    return "2026-03-03T10:00:00+08:00"


def assert_problem(response, status, code):
    """Fail unless the answer is this problem, in the form of RFC 9457."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:incisor:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body["instance"].startswith("/api/v1/")
    return body

"""The door: keys, rights, pace, language, addresses; the same for every address."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from incisor.api.enums import Scope
from incisor.api.models import Token
from incisor.api.views.rest.document import document, document_text
from tests.api.conftest import Program, assert_problem
from tests.factories.api import make_token

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "0198f000-0000-7000-8000-000000000000"
OPERATIONS = sorted(
    (method, path.removeprefix("/api/v1/").replace("{patient_id}", NOWHERE).replace("{appointment_id}", NOWHERE)
     .replace("{hold_id}", NOWHERE), operation["description"].rpartition("`")[0].rpartition("`")[2])
    for path, operations in document()["paths"].items()
    for method, operation in operations.items()
)  # fmt: skip


def test_every_address_says_its_right():
    assert {scope for _method, _path, scope in OPERATIONS} == {
        scope.value for scope in Scope if scope is not Scope.PATIENTS_PERSONAL
    }


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_no_address_opens_without_a_valid_key(method, path, scope, clinic, at):
    expired = make_token(clinic=clinic, expires_at=at - timedelta(seconds=1))
    ended = make_token(clinic=clinic, ended_at=at - timedelta(days=1))
    closed = make_token(clinic=clinic)
    type(closed.user).objects.filter(pk=closed.user_id).update(is_active=False)

    for program in (Program(), Program(secret="inc_unknown"), Program(expired), Program(ended), Program(closed)):
        response = program.send(method, path)
        assert_problem(response, 401, "no_valid_key")
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="incisor"'


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_no_address_opens_without_its_right(method, path, scope, program_with):
    others = [one for one in Scope if one.value != scope]

    assert_problem(program_with(*others).send(method, path), 403, "wrong_scope")


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_no_address_opens_when_the_role_does_not_allow_it(method, path, scope, program_with):
    assert_problem(program_with(*Scope, role="").send(method, path), 403, "not_allowed")


def test_rights_narrow_the_role(program_with, clinic):
    """A key with the role of an administrator and one right does no more than that."""
    program = program_with("patients:read", role="manager")

    assert program.get("patients").status_code == 200
    assert_problem(program.get("appointments"), 403, "wrong_scope")


def test_key_of_a_clinic_that_was_closed_opens_nothing(program, clinic):
    type(clinic).objects.filter(pk=clinic.pk).update(is_active=False)

    assert_problem(program.get("clinic"), 401, "no_valid_key")


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "inc_made-for-tests-0", "Bearer \xff"])
def test_other_ways_to_show_a_key_are_refused(program, header):
    response = program.client.get("/api/v1/clinic", headers={"Authorization": header})

    assert_problem(response, 401, "no_valid_key")


def test_cookie_of_somebody_signed_in_opens_nothing(as_mona):
    assert_problem(as_mona.get("/api/v1/patients"), 401, "no_valid_key")


def test_pace_is_told_and_held(program_with, at):
    program = program_with("clinic:read", limit=2)

    first, second, third = (program.get("clinic") for _request in range(3))

    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("2", "1")
    assert second.status_code == 200
    assert_problem(third, 429, "too_many_requests")
    assert int(third.headers["Retry-After"]) > 0


def test_pace_of_one_key_is_not_that_of_another(program_with):
    one, other = program_with("clinic:read", limit=1), program_with("clinic:read", limit=1)
    one.get("clinic")

    assert (one.get("clinic").status_code, other.get("clinic").status_code) == (429, 200)


def test_last_use_is_noted_once_a_minute(program, at, django_assert_num_queries):
    program.get("clinic")
    token = Token.objects.get(pk=program.token.pk)

    assert (token.last_used_at, token.last_origin) == (at, "127.0.0.1")
    with django_assert_num_queries(2):  # the key, the account's roles
        program.get("clinic")


def test_clinic_is_that_of_the_key(program, foreign, clinic, other_clinic):
    assert program.get("clinic").json()["id"] == str(clinic.pk)
    assert foreign.get("clinic").json()["id"] == str(other_clinic.pk)


def test_dentists_chairs_and_treatments(program, foreign, dana, chair, cleaning):
    assert [one["id"] for one in program.get("dentists").json()] == [str(dana.pk)]
    assert [(one["id"], one["room"]) for one in program.get("chairs").json()] == [(str(chair.pk), "诊室一")]
    assert [(one["code"], one["minutes"]) for one in program.get("procedures").json()] == [("CLEAN", 30)]
    assert foreign.get("dentists").json() == foreign.get("chairs").json() == []


def test_detail_is_in_the_language_asked_for(program):
    chinese = program.get("nowhere", **{"Accept-Language": "zh-CN,zh;q=0.9"})
    english = program.get("nowhere")

    assert chinese.headers["Content-Language"] == "zh-hans"
    assert chinese.json()["detail"] != english.json()["detail"]
    assert english.headers["Content-Language"] == "en"


def test_unknown_address_and_method(program):
    assert_problem(program.get("nowhere"), 404, "no_such_address")
    assert_problem(program.get("patients/not-an-id"), 404, "no_such_address")
    refusal = program.delete("patients")
    assert_problem(refusal, 405, "wrong_method")
    assert set(refusal.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_body_that_is_no_json(program):
    response = program.client.post(
        "/api/v1/patients",
        data=b"{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "12345678"},
    )

    assert_problem(response, 400, "unreadable")


def test_database_that_is_away_is_said(program, monkeypatch):
    from django.db import OperationalError

    from incisor.api.views.rest import places

    def away(clinic):
        raise OperationalError("gone")

    monkeypatch.setattr(places, "dentists_of", away)

    assert_problem(program.get("dentists"), 503, "database_is_away")


def test_what_should_not_happen_is_a_problem_too(program, monkeypatch):
    from incisor.api.views.rest import places

    def broken(clinic):
        raise ZeroDivisionError

    monkeypatch.setattr(places, "dentists_of", broken)

    assert_problem(program.get("dentists"), 500, "broken")


def test_description_is_served_to_everybody_and_kept_in_the_documentation(client, db):
    served = client.get("/api/v1/openapi.json")

    assert served.status_code == 200
    assert served.content.decode() == document_text()
    kept = (ROOT / "docs/develop/openapi.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json.loads(document_text()), "run `make docs`"


def test_documentation_names_every_address_right_and_code():
    text = (ROOT / "docs/develop/api.md").read_text(encoding="utf-8")
    wanted = [path.removeprefix("/api/v1") for path in document()["paths"]] + [scope.value for scope in Scope]

    assert [one for one in wanted if f"`{one}`" not in text and f" {one}`" not in text] == []


def test_pages_do_not_load_the_interface():
    import subprocess
    import sys

    code = (
        "import django, sys; django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "from django.urls import reverse; reverse('api:tokens');"
        "print([name for name in ('ninja', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

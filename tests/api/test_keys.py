"""Keys: made by administrators, shown once, ended; their accounts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.accounts.models import Grant, User
from incisor.accounts.queries import accounts, user_with_password
from incisor.api import services
from incisor.api.models import Token
from incisor.api.queries import hash_of, token_with
from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from tests.api.conftest import Program, assert_problem
from tests.factories.accounts import make_role
from tests.factories.api import make_token


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def made(ada, clinic, at):
    return services.make_token(
        by=ada, clinic=clinic, name="官网预约", role=make_role("receptionist"),
        scopes=["appointments:read", "appointments:write", "patients:read"],
        expires_at=at + timedelta(days=30), limit=60, at=at,
    )  # fmt: skip


def test_key_has_an_account_of_its_own_with_the_role_in_the_clinic(made, clinic):
    token, secret = made

    grant = Grant.objects.get(user=token.user)
    assert (grant.role.key, grant.clinic_id) == ("receptionist", clinic.pk)
    assert (token.user.name, token.user.is_machine, token.user.has_usable_password()) == ("官网预约", True, False)
    assert Program(token, secret).get("appointments").status_code == 200


def test_only_the_hash_is_kept(made):
    token, secret = made

    assert token.secret_hash == hash_of(secret)
    assert len(secret) > 40
    kept = [str(value) for row in (*Token.objects.values(), *User.objects.values()) for value in row.values()]
    assert [value for value in kept if secret in value] == []
    assert [line for line in Entry.objects.values_list("detail", flat=True) if secret in line] == []


def test_making_and_ending_stand_in_the_record(made, ada, at):
    token, _secret = made
    services.end_token(by=ada, token=token, at=at)

    assert set(Entry.objects.filter(what__startswith="api.").values_list("what", "user_name")) == {
        ("api.token_made", "艾达"), ("api.token_ended", "艾达"),
    }  # fmt: skip


def test_ended_key_opens_nothing_and_its_account_is_closed(made, ada, at):
    token, secret = made
    services.end_token(by=ada, token=token, at=at)

    assert token_with(secret, at=at) is None
    assert_problem(Program(secret=secret).get("appointments"), 401, "no_valid_key")
    assert not User.objects.get(pk=token.user_id).is_active
    with pytest.raises(services.TokenEnded):
        services.end_token(by=ada, token=token, at=at)


def test_account_of_a_key_is_no_persons_account(made, ada):
    token, _secret = made

    assert [one.username for one in accounts()] == ["ada"]
    assert user_with_password(token.user.username, "") is None


def test_role_that_does_not_allow_the_rights_is_refused(ada, clinic, at):
    with pytest.raises(services.RoleTooSmall) as refusal:
        services.make_token(
            by=ada, clinic=clinic, name="x", role=make_role("cashier"), scopes=["patients:write"],
            expires_at=at + timedelta(days=1), limit=60, at=at,
        )  # fmt: skip

    assert refusal.value.details["field"] == "role"
    assert Token.objects.count() == 0


def test_only_administrators_make_and_end_keys(mona, clinic, at):
    token = make_token(clinic=clinic)

    with pytest.raises(NotAllowed):
        services.make_token(
            by=mona, clinic=clinic, name="x", role=make_role("cashier"), scopes=[], expires_at=at, limit=60, at=at
        )
    with pytest.raises(NotAllowed):
        services.end_token(by=mona, token=token, at=at)


def test_page_makes_a_key_and_shows_it_once(as_ada, clinic):
    role = make_role("receptionist")
    page = reverse("api:token-new")
    form = {
        "name": "官网预约", "clinic": clinic.pk, "role": role.pk, "limit": 60,
        "scopes": ["clinic:read", "appointments:read"],
    }  # fmt: skip
    initial = as_ada.get(page).context["form"].initial

    shown = as_ada.post(page, {**form, "expires_on": initial["expires_on"].isoformat()})

    token = Token.objects.get()
    secret = shown.context["secret"]
    assert token.secret_hash == hash_of(secret)
    assert secret in shown.content.decode()
    listed = as_ada.get(reverse("api:tokens")).content.decode()
    assert "官网预约" in listed
    assert secret not in listed


@pytest.mark.parametrize("field", ["name", "scopes", "role", "expires_on"])
def test_page_says_what_is_missing(as_ada, clinic, field):
    form = {"name": "x", "clinic": clinic.pk, "role": make_role("receptionist").pk, "limit": 60,
            "scopes": ["clinic:read"], "expires_on": "2099-01-01"}  # fmt: skip
    if field != "expires_on":
        del form[field]

    response = as_ada.post(reverse("api:token-new"), form)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Token.objects.count() == 0


def test_page_refuses_a_role_that_is_too_small(as_ada, clinic):
    initial = as_ada.get(reverse("api:token-new")).context["form"].initial
    response = as_ada.post(
        reverse("api:token-new"),
        {"name": "x", "clinic": clinic.pk, "role": make_role("equipment_keeper").pk, "limit": 60,
         "scopes": ["patients:write"], "expires_on": initial["expires_on"].isoformat()},
    )  # fmt: skip

    assert "role" in response.context["form"].errors


def test_page_ends_a_key(as_ada, clinic):
    token = make_token(clinic=clinic)

    for _click in range(2):
        assert as_ada.post(reverse("api:token-end", args=[token.pk])).status_code == 303
    token.refresh_from_db()
    assert token.ended_at is not None


def test_unknown_key_is_not_found(as_ada):
    from incisor.api.queries import token

    with pytest.raises(NotFound):
        token("0198f000-0000-7000-8000-000000000000")


def test_list_costs_the_same_for_one_and_for_three(as_ada, clinic):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_token(clinic=clinic)
    with CaptureQueriesContext(connection) as one:
        as_ada.get(reverse("api:tokens"))
    make_token(clinic=clinic)
    make_token(clinic=clinic, ended_at=clinic.organisation and make_token(clinic=clinic).created_at)
    with CaptureQueriesContext(connection) as three:
        as_ada.get(reverse("api:tokens"))

    assert len(three) == len(one)

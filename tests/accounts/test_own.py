"""My account: sessions, password, language, second factor."""

import base64
import re

import pytest
from django.test import Client
from django_otp.oath import hotp
from freezegun import freeze_time

from incisor.accounts.models import SecondFactor, SignIn, User
from incisor.audit.models import Entry
from tests.factories.accounts import PASSWORD, SECRET, make_second_factor, make_user


@pytest.fixture
def rosa(clinic):
    return make_user(username="rosa", name="罗莎", roles=["receptionist"], clinic=clinic, password=PASSWORD)


def code(secret, moment, steps=0):
    return f"{hotp(base64.b32decode(secret), int(moment.timestamp()) // 30 + steps):06d}"


def test_sessions_are_listed_and_ended_one_by_one(as_rosa, rosa):
    other = Client()
    there = other.force_login(rosa)
    assert len(as_rosa.get("/account/").context["sessions"]) == 2

    as_rosa.post(f"/account/sessions/{there.pk}/end/")

    assert other.get("/account/").status_code == 303
    assert as_rosa.get("/account/").status_code == 200
    assert as_rosa.post(f"/account/sessions/{there.pk}/end/").status_code == 404


def test_session_of_another_person_is_not_found(as_rosa, mona):
    there = Client().force_login(mona)

    assert as_rosa.post(f"/account/sessions/{there.pk}/end/").status_code == 404
    assert SignIn.objects.get(pk=there.pk).ended_at is None


def test_all_other_sessions_end_at_once(as_rosa, rosa, mona):
    others = [Client(), Client()]
    for other in others:
        other.force_login(rosa)
    manager = Client()
    manager.force_login(mona)
    as_rosa.post("/account/sessions/end-others/")

    assert [one.get("/account/").status_code for one in (*others, as_rosa, manager)] == [303, 303, 200, 200]


@pytest.mark.parametrize(
    "typed",
    [
        {"present": "wrong", "password": "a quite new sentence", "again": "a quite new sentence"},
        {"present": PASSWORD, "password": "a quite new sentence", "again": "another"},
        {"present": PASSWORD, "password": "short", "again": "short"},
        {"present": PASSWORD, "password": "password123", "again": "password123"},
        {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD},
        {"present": PASSWORD, "password": "", "again": ""},
    ],
)
def test_bad_new_password_is_refused(as_rosa, rosa, typed):
    assert as_rosa.post("/account/password/", typed).status_code == 422
    rosa.refresh_from_db()
    assert rosa.check_password(PASSWORD)


def test_new_password_ends_other_sessions_only(as_rosa, rosa):
    other = Client()
    other.force_login(rosa)
    before = as_rosa.cookies["sessionid"].value
    fresh = "a quite new sentence"
    as_rosa.post("/account/password/", {"present": PASSWORD, "password": fresh, "again": fresh})

    assert as_rosa.get("/account/").status_code == 200
    assert as_rosa.cookies["sessionid"].value != before
    assert other.get("/account/").status_code == 303


def test_language_is_stored(as_rosa, rosa):
    response = as_rosa.post("/account/language/", {"language": "en", "next": "https://evil.example"})

    assert response["Location"] == "/"
    assert User.objects.get(pk=rosa.pk).language == "en"
    assert as_rosa.get("/account/").headers["Content-Language"] == "en"
    as_rosa.post("/account/language/", {"language": "xx"})
    assert User.objects.get(pk=rosa.pk).language == "en"


def test_second_factor_is_set_up_with_codes_shown_once(as_rosa, rosa, at):
    with freeze_time(at):
        as_rosa.force_login(rosa)
        as_rosa.post("/account/second-factor/begin/")
        page = as_rosa.get("/account/second-factor/").content.decode()
        factor = SecondFactor.objects.get(user=rosa)
        assert not factor.is_confirmed
        assert "<svg" in page
        assert " style=" not in page, "the content-security policy would block it"
        assert factor.secret[:4] in page

        assert as_rosa.post("/account/second-factor/confirm/", {"code": "000000"}).status_code == 422
        done = as_rosa.post("/account/second-factor/confirm/", {"code": code(factor.secret, at)})

        codes = done.context["codes"]
        assert len(set(codes)) == 8
        factor.refresh_from_db()
        assert factor.is_confirmed
        assert not set(codes) & set(factor.recovery_hashes)
        assert codes[0] not in as_rosa.get("/account/second-factor/").content.decode()
        assert as_rosa.post("/account/second-factor/begin/").status_code == 409
        assert Entry.objects.filter(what="account.second_factor_set_up").count() == 1

        for expected in (True, False):
            browser = Client()
            browser.post("/sign-in/", {"username": "rosa", "password": PASSWORD})
            browser.post("/sign-in/code/", {"code": codes[0].lower().replace("-", " ")})
            assert (browser.get("/account/").status_code == 200) is expected, "a recovery code works once"


def test_recovery_codes_of_an_unconfirmed_factor_do_not_work(as_rosa, rosa):
    SecondFactor.objects.create(user=rosa, secret=SECRET, created_at=rosa.created_at)

    browser = Client()
    browser.post("/sign-in/", {"username": "rosa", "password": PASSWORD})

    assert browser.get("/account/").status_code == 200, "it counts only once it was confirmed"


def test_new_recovery_codes_end_the_old_ones(as_rosa, rosa, at):
    make_second_factor(user=rosa, recovery_hashes=["old"])
    with freeze_time(at):
        as_rosa.force_login(rosa)
        assert as_rosa.post("/account/second-factor/recovery-codes/", {"code": "000000"}).status_code == 422
        page = as_rosa.post("/account/second-factor/recovery-codes/", {"code": code(SECRET, at)})

    assert len(page.context["codes"]) == 8
    assert "old" not in SecondFactor.objects.get(user=rosa).recovery_hashes


def test_second_factor_is_removed_with_a_code_only(as_rosa, rosa, at):
    make_second_factor(user=rosa)
    with freeze_time(at):
        as_rosa.force_login(rosa)
        assert as_rosa.post("/account/second-factor/remove/", {"code": "000000"}).status_code == 422
        assert as_rosa.post("/account/second-factor/remove/", {"code": code(SECRET, at)}).status_code == 303

    assert SecondFactor.objects.count() == 0


def test_second_factor_secret_is_sealed_in_the_database(rosa):
    from django.db import connection

    make_second_factor(user=rosa)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_secondfactor")
        (stored,) = cursor.fetchone()

    assert SECRET not in stored


def test_page_says_what_device(as_rosa, rosa):
    SignIn.objects.update(agent="Mozilla/5.0 (Windows NT 10.0) Chrome/128.0 Safari/537.36 Edg/128.0")

    assert re.search(r"Edge.*Windows|Windows.*Edge", as_rosa.get("/account/").content.decode())

"""The way in: sign-in page, lock-out, second factor, locking."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django_otp.oath import hotp
from freezegun import freeze_time

from incisor.accounts import services
from incisor.accounts.models import FailedSignIn, SecondFactor, SignIn
from incisor.audit.models import Entry
from tests.factories.accounts import PASSWORD, SECRET, make_second_factor, make_user

WRONG = "not the password"


def code_at(moment: datetime) -> str:
    import base64

    return f"{hotp(base64.b32decode(SECRET), int(moment.timestamp()) // 30):06d}"


@pytest.fixture
def rosa(clinic):
    return make_user(username="rosa", name="罗莎", roles=["receptionist"], clinic=clinic, password=PASSWORD)


@pytest.fixture
def nadia(clinic):
    user = make_user(username="nadia", name="娜迪亚", roles=["receptionist"], clinic=clinic, password=PASSWORD)
    make_second_factor(user=user)
    return user


def send(client, username="rosa", password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def test_sign_in_page_opens(client, db):
    assert client.get("/sign-in/").status_code == 200


def test_sign_in_leads_to_the_page_that_was_wanted(client, rosa, at):
    response = client.get("/account/?tab=a&b=c")
    assert (response.status_code, response["Location"]) == (303, "/sign-in/?next=%2Faccount%2F%3Ftab%3Da%26b%3Dc")

    with freeze_time(at):
        response = send(client, next="/account/?tab=a&b=c")

    assert (response.status_code, response["Location"]) == (303, "/account/?tab=a&b=c")
    here = SignIn.objects.get()
    assert (here.user_id, here.origin, here.began_at, here.ended_at) == (rosa.pk, "127.0.0.1", at, None)
    assert [line.what for line in Entry.objects.all()] == ["account.signed_in"]


def test_name_may_be_typed_in_capitals_and_with_spaces(client, rosa):
    assert send(client, username=" Rosa ").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "", "///evil"],
)
def test_sign_in_never_leads_to_another_server(client, rosa, wanted):
    response = send(client, next=wanted)

    assert response["Location"] == "/"


def test_wrong_name_and_wrong_password_say_the_same(rosa):
    texts = [send(Client(), username=name, password=WRONG) for name in ("rosa", "nobody")]
    contents = [
        re.sub(r'(?s)value="[^"]*"|X-CSRFToken[^}]*|data-csrf="[^"]*"', "", one.content.decode()) for one in texts
    ]

    assert [one.status_code for one in texts] == [422, 422]
    assert contents[0] == contents[1]
    assert Entry.objects.filter(what="account.sign_in_failed").count() == 2


def test_name_typed_is_kept_but_the_password_is_not(client, rosa):
    page = send(client, password=WRONG).content.decode()

    assert 'value="rosa"' in page
    assert WRONG not in page


def test_session_key_changes_when_signing_in(client, rosa):
    client.get("/sign-in/")
    planted = client.session
    planted["clinic"] = "x"
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    send(client)

    assert client.cookies["sessionid"].value != planted.session_key
    stranger = Client()
    stranger.cookies["sessionid"] = planted.session_key
    assert not is_in(stranger)


def test_forged_post_is_refused(rosa):
    careful = Client(enforce_csrf_checks=True)

    assert send(careful).status_code == 403
    assert SignIn.objects.count() == 0


@pytest.mark.parametrize("over", [{"is_active": False}, {"is_system": True}])
def test_closed_account_and_the_system_cannot_sign_in(client, clinic, over):
    make_user(username="gone", name="走", roles=["receptionist"], clinic=clinic, password=PASSWORD, **over)

    assert send(client, username="gone").status_code == 422


def test_five_failures_lock_the_name_also_for_the_right_password(rosa, at):
    with freeze_time(at) as clock:
        for _attempt in range(5):
            assert send(Client(), password=WRONG).status_code == 422
        refused = send(Client())
        assert refused.status_code == 422
        assert SignIn.objects.count() == 0
        assert "1" in "".join(refused.context["form"].non_field_errors())

        clock.tick(timedelta(seconds=61))
        assert send(Client(), password=WRONG).status_code == 422
        clock.tick(timedelta(seconds=61))
        assert send(Client()).status_code == 422, "the second lock is longer than the first"
        clock.tick(timedelta(seconds=61))
        assert send(Client()).status_code == 303
    assert FailedSignIn.objects.count() == 0, "success ends older failures"


def test_unknown_name_is_locked_like_a_known_one(rosa, at):
    with freeze_time(at):
        pages = []
        for name in ("rosa", "nobody"):
            for _attempt in range(5):
                send(Client(REMOTE_ADDR="10.0.0.9"), username=name, password=WRONG)
            pages.append(send(Client(), username=name, password=WRONG).context["form"].non_field_errors())

    assert pages[0] == pages[1]


def test_twenty_failures_lock_the_origin_but_not_others(rosa, at):
    with freeze_time(at):
        for number in range(20):
            send(Client(REMOTE_ADDR="10.0.0.66"), username=f"guess{number}", password=WRONG)

        assert send(Client(REMOTE_ADDR="10.0.0.66")).status_code == 422
        assert send(Client(REMOTE_ADDR="10.0.0.5")).status_code == 303


def test_attempts_during_a_lock_are_not_counted(rosa, at):
    with freeze_time(at):
        for _attempt in range(12):
            send(Client(), password=WRONG)

    assert FailedSignIn.objects.count() == 5


def test_attempts_under_way_count_too(rosa, at):
    for _attempt in range(5):
        services.begin_attempt(username="rosa", origin="10.0.0.1", at=at)

    with pytest.raises(services.LockedOut):
        services.begin_attempt(username="rosa", origin="10.0.0.2", at=at)


def test_names_typed_are_not_kept_readable(rosa):
    send(Client(), username="my secret password", password=WRONG)

    assert "secret" not in FailedSignIn.objects.get().name_index
    assert "secret" not in str(list(Entry.objects.values()))


def test_forwarded_address_is_believed_from_named_proxies_only(rosa, settings):
    Client().post("/sign-in/", {"username": "rosa", "password": WRONG}, HTTP_X_FORWARDED_FOR="1.2.3.4")
    settings.INCISOR_PROXIES = frozenset({"127.0.0.1"})
    Client().post("/sign-in/", {"username": "rosa", "password": WRONG}, HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.7")

    assert list(FailedSignIn.objects.order_by("pk").values_list("origin", flat=True)) == ["127.0.0.1", "10.0.0.7"]


def test_second_factor_is_asked_before_any_page(client, nadia, at):
    with freeze_time(at):
        assert send(client, username="nadia", next="/account/")["Location"] == "/account/"
        assert client.get("/account/")["Location"] == "/sign-in/code/?next=%2Faccount%2F"
        before = client.cookies["sessionid"].value

        response = client.post("/sign-in/code/", {"code": code_at(at), "next": "/account/"})

        assert response["Location"] == "/account/"
        assert is_in(client)
        assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(("seconds", "accepted"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_code_of_the_step_before_and_after_is_accepted(client, nadia, at, seconds, accepted):
    with freeze_time(at):
        send(client, username="nadia")
        client.post("/sign-in/code/", {"code": code_at(at + timedelta(seconds=seconds))})

        assert is_in(client) is accepted


def test_code_works_once(nadia, at):
    with freeze_time(at):
        first, second = Client(), Client()
        for client in (first, second):
            send(client, username="nadia")
            client.post("/sign-in/code/", {"code": code_at(at)})

        assert (is_in(first), is_in(second)) == (True, False)


def test_older_code_does_not_work_after_a_newer_one(nadia, at):
    SecondFactor.objects.update(last_step=int(at.timestamp()) // 30)
    with freeze_time(at):
        client = Client()
        send(client, username="nadia")
        client.post("/sign-in/code/", {"code": code_at(at - timedelta(seconds=30))})

        assert not is_in(client)


def test_guessing_codes_is_locked_out_and_the_password_does_not_forgive(nadia, at):
    with freeze_time(at):
        client = Client()
        for _attempt in range(5):
            send(client, username="nadia")
            assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
            client.post("/sign-out/")
        assert send(client, username="nadia").status_code == 422
        assert FailedSignIn.objects.count() == 5


def test_new_password_comes_before_any_page(client, rosa):
    rosa.must_change_password = True
    rosa.save()
    send(client)

    assert client.get("/account/")["Location"].startswith("/account/password/")
    fresh = "a quite new sentence"
    response = client.post("/account/password/", {"present": PASSWORD, "password": fresh, "again": fresh})

    assert response.status_code == 303
    assert is_in(client)
    assert send(Client(), password=fresh).status_code == 303


def test_administrator_is_led_to_the_second_factor(client, clinic, at):
    ada = make_user(username="ada", name="艾达", roles=["administrator"], password=PASSWORD)
    SecondFactor.objects.all().delete()
    send(client, username="ada")

    assert client.get("/account/")["Location"].startswith("/account/second-factor/")
    assert client.get("/account/second-factor/").status_code == 200
    assert SecondFactor.objects.filter(user=ada).count() == 0, "looking changes nothing"


def test_demo_administrator_gets_in_without_but_only_in_the_demo(client, clinic, at):
    from incisor.kernel.models import Installation

    make_user(username="ada", name="艾达", roles=["administrator"], password=PASSWORD, is_second_factor_waived=True)
    SecondFactor.objects.all().delete()
    send(client, username="ada")
    assert not is_in(client)

    Installation.objects.create(key_fingerprint="x", is_demo=True, created_at=at, version="1")

    assert is_in(client)


def test_locked_screen_shows_nothing_until_the_password(client, rosa):
    send(client)
    response = client.post("/lock/", {"next": "/account/"})
    assert response["Location"] == "/unlock/?next=%2Faccount%2F"
    assert client.get("/account/")["Location"] == "/unlock/?next=%2Faccount%2F"
    assert client.get("/unlock/").status_code == 200

    assert client.post("/unlock/", {"password": WRONG}).status_code == 422
    assert not is_in(client)
    assert client.post("/unlock/", {"password": PASSWORD, "next": "/account/"})["Location"] == "/account/"
    assert is_in(client)


def test_lock_of_the_script_sends_the_browser_away(client, rosa):
    send(client)
    response = client.post("/lock/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/account/?a=1"})

    assert (response.status_code, response["HX-Redirect"]) == (204, "/unlock/?next=%2Faccount%2F%3Fa%3D1")


def test_unlocking_is_locked_out_too(client, rosa, at):
    with freeze_time(at):
        send(client)
        client.post("/lock/")
        for _attempt in range(5):
            client.post("/unlock/", {"password": WRONG})

        assert client.post("/unlock/", {"password": PASSWORD}).status_code == 422


def test_somebody_else_signs_in_from_the_locked_screen(client, rosa, nadia):
    send(client)
    client.post("/lock/")
    client.post("/sign-out/")

    assert client.get("/sign-in/").status_code == 200
    assert SignIn.objects.exclude(ended_at=None).count() == 1


def test_idle_session_is_locked_by_the_server(client, rosa, at):
    with freeze_time(at) as clock:
        send(client)
        clock.tick(timedelta(minutes=14))
        assert is_in(client)
        clock.tick(timedelta(minutes=16))
        assert client.get("/account/")["Location"].startswith("/unlock/")


def test_polling_does_not_count_as_being_there(client, rosa, at):
    with freeze_time(at) as clock:
        send(client)
        for _minute in range(16):
            clock.tick(timedelta(minutes=1))
            client.get("/live/day/?since=0")

        assert not is_in(client)


def test_last_seen_is_written_at_most_once_a_minute(client, rosa, at):
    with freeze_time(at) as clock:
        send(client)
        clock.tick(timedelta(seconds=59))
        is_in(client)
        assert SignIn.objects.get().seen_at == at
        clock.tick(timedelta(seconds=2))
        is_in(client)
        assert SignIn.objects.get().seen_at == at + timedelta(seconds=61)


def test_ended_session_is_refused_at_its_next_request(client, rosa, at):
    send(client)
    SignIn.objects.update(ended_at=at)

    assert client.get("/account/")["Location"].startswith("/sign-in/")
    assert client.get("/sign-in/").status_code == 200, "no ring of redirects"


def test_sign_out_ends_the_session(client, rosa):
    send(client)
    key = client.cookies["sessionid"].value
    response = client.post("/sign-out/")

    assert response["Location"] == "/sign-in/"
    assert SignIn.objects.get().ended_at is not None
    client.cookies["sessionid"] = key
    assert not is_in(client)


def test_get_does_not_sign_out_or_lock(client, rosa):
    send(client)

    assert client.get("/sign-out/").status_code == 405
    assert client.get("/lock/").status_code == 405
    assert is_in(client)


def test_pages_of_a_signed_in_person_are_not_stored(client, rosa):
    send(client)

    assert client.get("/account/")["Cache-Control"] == "no-store, private"


def test_password_changed_by_any_way_ends_the_session(client, rosa):
    send(client)
    rosa.set_password("another long one")
    rosa.save(update_fields=["password"])

    assert not is_in(client)


@pytest.mark.parametrize("over", [{"is_active": False}, {"is_system": True}])
def test_closed_account_ends_the_session(client, rosa, over):
    send(client)
    type(rosa).objects.update(**over)

    assert not is_in(client)

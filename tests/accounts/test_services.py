"""Refusals and still water: what services do where there is nothing to do."""

import uuid

import pytest
from django.test import Client

from incisor.accounts import access, gatekeeping, queries, services, setup
from incisor.accounts.enums import SHIPPED, Permission, RoleKey
from incisor.accounts.models import Grant, Role, SignIn, User
from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from tests.factories.accounts import PASSWORD, make_role, make_user


def whats():
    return [line.what for line in Entry.objects.order_by("chain", "number")]


def test_doing_again_what_is_done_records_nothing(ada, rosa, at):
    services.reopen_account(by=ada, user=rosa, at=at)
    services.reset_second_factor(by=ada, user=rosa, at=at)
    services.change_user(by=ada, user=rosa, username="rosa", name="罗莎", language="zh-hans", at=at)
    services.close_account(by=ada, user=rosa, at=at)
    services.close_account(by=ada, user=rosa, at=at)

    assert whats() == ["user.closed"]


def test_taken_name_is_refused_when_changing(ada, rosa, mona, at):
    with pytest.raises(services.UsernameTaken):
        services.change_user(by=ada, user=rosa, username="mona", name="罗莎", language="en", at=at)


def test_role_that_is_gone_is_not_found(ada, at):
    gone = Role(id=uuid.uuid4(), name_zh="没有", name_en="gone")
    with pytest.raises(NotFound):
        services.remove_role(by=ada, role=gone, at=at)


def test_reset_of_an_unchanged_role_records_nothing(ada, at):
    services.reset_role(by=ada, role=make_role("receptionist"), at=at)

    assert whats() == []


def test_name_of_another_role_is_refused(ada, at):
    make_role("cashier")
    with pytest.raises(services.RoleNameTaken):
        services.rename_role(by=ada, role=make_role("receptionist"), name_zh="cashier", name_en="", at=at)


def test_second_factor_without_one(rosa, at):
    for act in (services.show_code, services.confirm_second_factor, services.remove_second_factor):
        with pytest.raises(services.WrongCode):
            act(by=rosa, code="123456", at=at)


def test_nothing_to_end(rosa, at):
    here = SignIn.objects.create(user=rosa, began_at=at, seen_at=at)
    assert services.end_other_sessions(by=rosa, here=here, at=at) == 0
    services.sign_out(by=rosa, here=here, at=at)
    services.sign_out(by=rosa, here=here, at=at)

    assert whats() == ["account.signed_out"]


@pytest.mark.parametrize("over", [{"is_active": False}, {"is_system": True}])
def test_own_action_is_refused_to_closed_accounts_and_the_system(at, over, db):
    user = make_user(username="gone", name="走", **over)
    with pytest.raises(NotAllowed):
        services.choose_language(by=user, language="en", at=at)


def test_closed_account_may_nothing_and_the_system_everything(db):
    closed = make_user(username="gone", name="走", roles=["administrator"], is_active=False)
    system = make_user(username="system", name="系统", is_system=True)

    assert access.permissions_of(closed, None) == frozenset()
    assert access.permissions_of(system, None) == frozenset(Permission)


def test_permissions_add_up_over_roles_and_places(clinic, other_clinic, db):
    user = make_user(username="both", name="两", roles=["cashier"], clinic=clinic)
    Grant.objects.create(user=user, role=make_role("equipment_keeper"), clinic_id=clinic.pk)
    Grant.objects.create(user=user, role=make_role("head_office"), clinic_id=None)

    assert access.permissions_of(user, None) == SHIPPED["head_office"]
    assert access.permissions_of(user, other_clinic.pk) == SHIPPED["head_office"]
    assert access.permissions_of(user, clinic.pk) == (
        SHIPPED["head_office"] | SHIPPED["cashier"] | SHIPPED["equipment_keeper"]
    )


def test_page_without_a_clinic_is_refused(client, db):
    client.force_login(make_user(username="none", name="无"))

    assert client.get("/audit/").status_code == 403
    assert client.get("/account/").status_code == 200


def test_set_up_makes_roles_once_and_an_administrator(db, at):
    system = setup.create_system_user(at=at)
    setup.set_up_roles()
    Role.objects.filter(key="cashier").update(permissions=[])
    setup.set_up_roles()
    ada = setup.create_first_administrator(username="admin", name="管理员", password=PASSWORD, at=at)

    assert setup.create_system_user(at=at) == system == queries.system_user()
    assert Role.objects.count() == len(RoleKey)
    assert Role.objects.get(key="cashier").permissions == []
    assert ada.must_change_password
    assert access.may(ada, Permission.USER_EDIT, None)


def test_second_person_at_a_browser_finds_nothing_of_the_first(clinic, at):
    for name in ("one", "two"):
        make_user(username=name, name=name, roles=["receptionist"], clinic=clinic, password=PASSWORD)
    browser = Client()
    browser.post("/sign-in/", {"username": "one", "password": PASSWORD})
    session = browser.session
    session["draft"] = "of the first"
    session.save()
    SignIn.objects.update(ended_at=at)
    browser.post("/sign-in/", {"username": "two", "password": PASSWORD})

    assert "draft" not in browser.session
    assert queries.open_sign_in(browser.session[gatekeeping.SESSION_KEY]).user == User.objects.get(username="two")


def test_signed_in_person_is_led_past_the_sign_in_page(as_rosa):
    assert as_rosa.get("/sign-in/?next=/account/")["Location"] == "/account/"
    assert as_rosa.get("/unlock/?next=/account/")["Location"] == "/account/"
    assert as_rosa.get("/sign-in/code/?next=/account/")["Location"] == "/account/"


def test_forged_session_id_is_nobody(as_rosa):
    session = as_rosa.session
    session[gatekeeping.SESSION_KEY] = "nonsense"
    session.save()

    assert as_rosa.get("/account/").status_code == 303


def test_matrix_that_would_lock_everybody_out_is_shown_again(client, ada, clinic):
    client.force_login(ada)
    role = Role.objects.get(key="administrator")
    data = {f"seen-{role.pk}": ",".join(role.permissions), f"may-{role.pk}": ["desk.use"]}
    page = client.post("/roles/", data)

    assert page.status_code == 409
    assert page.context["problem"]
    cells = [ticked for area in page.context["areas"] for row in area["rows"] for _role, ticked in row["cells"]]
    assert cells.count(True) == 1, "what was ticked stays"


def test_role_page(client, ada, clinic):
    client.force_login(ada)
    role, other = make_role("cashier"), make_role("finance")
    assert client.get(f"/roles/{role.pk}/").status_code == 200
    assert client.post(f"/roles/{role.pk}/", {"name_zh": other.name_zh}).status_code == 422
    assert client.post(f"/users/{ada.pk}/", {"name": "", "username": "ada", "language": "en"}).status_code == 422

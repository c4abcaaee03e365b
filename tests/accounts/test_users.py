"""Accounts of others and roles, as an administrator sees them."""

import pytest
from django.test import Client

from incisor.accounts import services
from incisor.accounts.enums import SHIPPED, Permission
from incisor.accounts.models import Grant, Role, SecondFactor, SignIn, User
from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from tests.factories.accounts import PASSWORD, make_role, make_second_factor, make_user


@pytest.fixture
def as_ada(client, ada, clinic):
    client.force_login(ada)
    return client


@pytest.fixture
def receptionist(db):
    return make_role("receptionist")


def told(response, client):
    """What the page after the redirect tells."""
    return [str(message) for message in client.get(response["Location"]).context["messages"]]


def last_entry():
    return Entry.objects.order_by("chain", "number").last()


def test_new_account_signs_in_once_with_the_shown_password(as_ada, clinic, receptionist):
    page = as_ada.post(
        "/users/new/",
        {"name": "新人", "username": "Xinren", "language": "zh-hans", "role": receptionist.pk, "clinic": clinic.pk},
    )
    assert page.status_code == 200
    password = page.context["password"]
    user = User.objects.get(username="xinren")
    assert list(Grant.objects.filter(user=user).values_list("role__key", "clinic_id")) == [("receptionist", clinic.pk)]
    assert password in page.content.decode()

    newcomer = Client()
    assert newcomer.post("/sign-in/", {"username": "xinren", "password": password}).status_code == 303
    assert newcomer.get("/account/")["Location"].startswith("/account/password/")
    assert sorted(Entry.objects.filter(what__startswith="user.").values_list("what", flat=True)) == [
        "user.added",
        "user.role_given",
    ]


def test_new_role_is_meant_for_the_clinic_at_hand(as_ada, rosa, clinic, other_clinic):
    for page, form in ((as_ada.get("/users/new/"), "form"), (as_ada.get(f"/users/{rosa.pk}/"), "grant_form")):
        assert page.context[form]["clinic"].value() == str(clinic.pk)


def test_role_without_a_place_is_refused(as_ada, rosa, receptionist):
    as_ada.post(f"/users/{rosa.pk}/roles/", {"role": receptionist.pk, "clinic": ""})

    assert Grant.objects.filter(user=rosa, clinic_id=None).count() == 0


def test_taken_name_is_refused_and_what_was_typed_stays(as_ada, rosa, receptionist, clinic):
    page = as_ada.post(
        "/users/new/",
        {"name": "另一个", "username": "rosa", "language": "en", "role": receptionist.pk, "clinic": "everywhere"},
    )

    assert page.status_code == 422
    assert "另一个" in page.content.decode()
    assert User.objects.filter(name="另一个").count() == 0


@pytest.mark.parametrize("username", ["a b", "a/b", "", "x" * 41])
def test_impossible_name_is_refused(as_ada, receptionist, username):
    data = {"name": "谁", "username": username, "language": "en", "role": receptionist.pk, "clinic": "everywhere"}

    assert as_ada.post("/users/new/", data).status_code == 422


def test_change_is_recorded_with_before_and_after(as_ada, rosa):
    as_ada.post(f"/users/{rosa.pk}/", {"name": "罗莎莎", "username": "rosa", "language": "zh-hans"})

    assert (last_entry().what, last_entry().detail) == (
        "user.changed",
        '{"after":{"name":"罗莎莎"},"before":{"name":"罗莎"}}',
    )


def test_role_is_given_and_taken(as_ada, rosa, receptionist, other_clinic):
    as_ada.post(f"/users/{rosa.pk}/roles/", {"role": receptionist.pk, "clinic": other_clinic.pk})
    grant = Grant.objects.get(user=rosa, clinic_id=other_clinic.pk)
    as_ada.post(f"/users/{rosa.pk}/roles/", {"role": receptionist.pk, "clinic": other_clinic.pk})
    assert Grant.objects.filter(user=rosa).count() == 2, "twice is once"

    as_ada.post(f"/users/{rosa.pk}/roles/{grant.pk}/take/")

    assert not Grant.objects.filter(pk=grant.pk).exists()


def test_grant_of_another_person_is_not_found(as_ada, rosa, mona):
    grant = Grant.objects.get(user=mona)

    assert as_ada.post(f"/users/{rosa.pk}/roles/{grant.pk}/take/").status_code == 404


def test_closing_an_account_ends_its_sessions(as_ada, rosa):
    browser = Client()
    browser.force_login(rosa)
    as_ada.post(f"/users/{rosa.pk}/close/")

    assert browser.get("/account/")["Location"].startswith("/sign-in/")
    assert SignIn.objects.filter(user=rosa, ended_at=None).count() == 0
    as_ada.post(f"/users/{rosa.pk}/reopen/")
    assert browser.get("/account/").status_code == 303, "an ended session stays ended"


def test_reset_password_ends_sessions_and_must_be_changed(as_ada, rosa):
    browser = Client()
    browser.force_login(rosa)
    password = as_ada.post(f"/users/{rosa.pk}/reset-password/").context["password"]

    assert browser.get("/account/").status_code == 303
    rosa.refresh_from_db()
    assert rosa.check_password(password)
    assert rosa.must_change_password


def test_reset_second_factor(as_ada, rosa):
    make_second_factor(user=rosa)
    as_ada.post(f"/users/{rosa.pk}/reset-second-factor/")

    assert SecondFactor.objects.filter(user=rosa).count() == 0
    assert last_entry().what == "user.second_factor_reset"


def test_own_account_cannot_be_closed(as_ada, ada):
    response = as_ada.post(f"/users/{ada.pk}/close/")

    ada.refresh_from_db()
    assert ada.is_active
    assert len(told(response, as_ada)) == 1


def test_last_administrator_stays(as_ada, ada, rosa, at):
    grant = Grant.objects.get(user=ada)
    response = as_ada.post(f"/users/{ada.pk}/roles/{grant.pk}/take/")
    assert len(told(response, as_ada)) == 1
    assert Grant.objects.filter(pk=grant.pk).exists()

    second = make_user(username="second", name="二", roles=["administrator"])
    services.close_account(by=second, user=ada, at=at)
    ada.refresh_from_db()
    assert not ada.is_active
    with pytest.raises(services.LastAdministrator):
        services.take_role(by=second, user=second, grant_id=Grant.objects.get(user=second).pk, at=at)


def test_administrator_role_cannot_lose_its_keys(as_ada, ada, at):
    role = Role.objects.get(key="administrator")
    held = frozenset(role.permissions)
    with pytest.raises(services.LastAdministrator):
        services.change_permissions(
            by=ada,
            wanted={str(role.pk): held - {Permission.USER_EDIT}},
            seen={str(role.pk): held},
            at=at,
        )
    role.refresh_from_db()

    assert Permission.USER_EDIT in role.permissions


def test_administrator_of_one_clinic_does_not_count(ada, clinic, at):
    make_user(username="half", name="半", roles=["administrator"], clinic=clinic)

    with pytest.raises(services.LastAdministrator):
        services.take_role(by=ada, user=ada, grant_id=Grant.objects.get(user=ada).pk, at=at)


def test_matrix_changes_only_what_was_ticked(as_ada, receptionist, ada):
    before = frozenset(receptionist.permissions)
    data = {f"seen-{role.pk}": ",".join(role.permissions) for role in Role.objects.all()}
    data |= {f"may-{role.pk}": role.permissions for role in Role.objects.all()}
    data[f"may-{receptionist.pk}"] = [*sorted(before - {"money.take"}), "price.edit", "not.a.permission"]

    assert as_ada.post("/roles/", data).status_code == 303

    receptionist.refresh_from_db()
    assert set(receptionist.permissions) == before - {"money.take"} | {"price.edit"}
    assert [line.what for line in Entry.objects.filter(what__startswith="role.")] == ["role.changed"]


def test_matrix_refuses_what_somebody_else_changed(ada, receptionist, at):
    seen = frozenset(receptionist.permissions)
    Role.objects.filter(pk=receptionist.pk).update(permissions=["desk.use"])

    with pytest.raises(ChangedMeanwhile):
        services.change_permissions(
            by=ada, wanted={str(receptionist.pk): frozenset()}, seen={str(receptionist.pk): seen}, at=at
        )


def test_changed_role_works_at_the_next_request(as_ada, rosa, client, clinic):
    assert "price.edit" not in Role.objects.get(key="receptionist").permissions
    Role.objects.filter(key="receptionist").update(permissions=["user.edit"])
    browser = Client()
    browser.force_login(rosa)

    assert browser.get("/users/").status_code in {303, 403}


def test_reset_and_own_role(as_ada, receptionist, rosa):
    Role.objects.filter(pk=receptionist.pk).update(permissions=["desk.use"])
    as_ada.post(f"/roles/{receptionist.pk}/reset/")
    receptionist.refresh_from_db()
    assert set(receptionist.permissions) == set(SHIPPED["receptionist"])

    as_ada.post("/roles/new/", {"name_zh": "实习生", "name_en": "Intern", "like": receptionist.pk})
    own = Role.objects.get(name_zh="实习生")
    assert set(own.permissions) == set(SHIPPED["receptionist"])
    assert as_ada.post("/roles/new/", {"name_zh": "实习生"}).status_code == 422
    grant = Grant.objects.create(user=rosa, role=own)
    as_ada.post(f"/roles/{own.pk}/remove/")
    assert Role.objects.filter(pk=own.pk).exists(), "somebody has it"
    grant.delete()
    as_ada.post(f"/roles/{own.pk}/remove/")
    assert not Role.objects.filter(pk=own.pk).exists()
    as_ada.post(f"/roles/{receptionist.pk}/remove/")
    assert Role.objects.filter(pk=receptionist.pk).exists(), "it was shipped"
    assert as_ada.post(f"/roles/{own.pk}/reset/").status_code == 404


def test_rename_role(as_ada, receptionist):
    as_ada.post(f"/roles/{receptionist.pk}/", {"name_zh": "导诊", "name_en": ""})
    receptionist.refresh_from_db()

    assert (receptionist.name_zh, receptionist.name_en) == ("导诊", "导诊")


@pytest.mark.parametrize("path", ["/users/", "/users/new/", "/roles/", "/roles/new/"])
def test_others_may_not(as_mona, path):
    assert as_mona.get(path).status_code == 403


def test_services_refuse_others(mona, rosa, at):
    with pytest.raises(NotAllowed):
        services.reset_password(by=mona, user=rosa, at=at)


def test_administrator_of_one_clinic_may_not(clinic, rosa, at):
    half = make_user(username="half", name="半", roles=["administrator"], clinic=clinic)

    with pytest.raises(NotAllowed):
        services.close_account(by=half, user=rosa, at=at)


def test_system_account_is_not_to_be_seen_or_touched(as_ada, system, ada, at):
    assert as_ada.get(f"/users/{system.pk}/").status_code == 404
    assert "system" not in [one.username for one, _held in as_ada.get("/users/").context["users"]]
    with pytest.raises(NotFound):
        services.reset_password(by=ada, user=system, at=at)


@pytest.mark.parametrize("path", ["/users/", "/roles/"])
def test_query_count_is_constant(as_ada, clinic, django_assert_num_queries, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_user(username="one", name="一", roles=["receptionist"], clinic=clinic)
    as_ada.get(path)
    with CaptureQueriesContext(connection) as few:
        as_ada.get(path)
    for number in range(5):
        make_user(username=f"more{number}", name=f"多{number}", roles=["receptionist", "cashier"], clinic=clinic)
    with CaptureQueriesContext(connection) as many:
        as_ada.get(path)

    assert len(many) == len(few)


def test_list_finds_by_name_and_shows_closed(as_ada, rosa, mona):
    assert [one.name for one, _held in as_ada.get("/users/?q=ros").context["users"]] == ["罗莎"]
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    assert [one.name for one, _held in as_ada.get("/users/?q=ros").context["users"]] == []
    assert [one.name for one, _held in as_ada.get("/users/?q=ros&closed=1").context["users"]] == ["罗莎"]
    assert as_ada.get("/users/?q=zzz", headers={"HX-Request": "true"}).status_code == 200
    assert as_ada.get(f"/users/{rosa.pk}/").status_code == 200
    assert PASSWORD

"""Who may open what: the guard's word for every address and shipped role, proved by a request."""

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from incisor.accounts.enums import RoleKey
from tests.architecture.addresses import ALL, Address
from tests.architecture.foreign import ORGANISATION, ROWS, VALUES
from tests.factories.accounts import make_user

NOWHERE = uuid.UUID("0198f000-0000-7000-8000-000000000000")
# to whoever is signed in they answer by leading on; they are walked through in tests/accounts
REFUSED = 403


def path_of(address: Address) -> str:
    """Return the address with values that exist nowhere: the guard answers before the row is looked for."""
    return reverse(address.name, kwargs={name: VALUES.get(name, NOWHERE) for name in address.parameters})


def answer(client: Client, path: str) -> int:
    """Ask, by POST where GET is not taken, and undo whatever it did. Returns the status."""
    cookies = client.cookies.copy()
    status = 405
    for ask in (client.get, client.post):
        with transaction.atomic():
            response = ask(path)
            status = response.status_code
            if response.streaming:
                b"".join(response)  # read to its end: the file behind it is closed
            transaction.set_rollback(True)
        client.cookies = cookies.copy()
        if status != 405:
            break
    return status


def test_every_parameter_is_known() -> None:
    named = {name for address in ALL for name in address.parameters}

    assert named - set(ROWS) - set(ORGANISATION) - set(VALUES) == set()
    assert set(ROWS) & set(ORGANISATION) == set()


@pytest.mark.parametrize("role", list(RoleKey))
def test_role_opens_what_the_table_says(role: str, clinic: Any) -> None:
    user = make_user(username="somebody", name="某人", roles=[role], clinic=clinic)
    client = Client()
    client.force_login(user)
    wrong = []
    for address in ALL:
        status = answer(client, path_of(address))
        is_open = address.is_open_to(role, is_everywhere=False)
        if (status == REFUSED) is is_open or status >= 500:
            wrong.append(f"{address}: {'open' if is_open else 'refused'} by the guard, answered {status}")

    assert wrong == []


@pytest.mark.parametrize("role", list(RoleKey))
def test_role_everywhere_opens_what_the_table_says(role: str, clinic: Any) -> None:
    client = Client()
    client.force_login(make_user(username="somebody", name="某人", roles=[role]))
    wrong = []
    for address in ALL:
        if not address.everywhere:
            continue
        is_open = address.is_open_to(role, is_everywhere=True)
        if (answer(client, path_of(address)) == REFUSED) is is_open:
            wrong.append(str(address))

    assert wrong == []


def test_stranger_is_led_to_the_sign_in_page(clinic: Any) -> None:
    client = Client()
    wrong = []
    for address in ALL:
        if address.guard == "public":
            continue
        for ask in (client.get, client.post):
            response = ask(path_of(address))
            is_led = response.status_code == 303 and response["Location"].startswith("/sign-in/")
            if not is_led and response.status_code != 405:
                wrong.append(f"{address}: {response.status_code}")

    assert wrong == []


def test_public_addresses_are_few() -> None:
    named = {str(address) for address in ALL if address.guard == "public"}

    assert {name for name in named if not name.startswith("portal:")} == {
        "enquiries:telephone",
        # the television in the waiting room, by the token of the device: tests/reception/test_screens.py
        "reception:screen",
        "reception:screen-now",
        "kernel:healthz",
        "kernel:set-language",
        "accounts:sign-in",
        "accounts:sign-out",
        "api:openapi",
        "api:v1",
        # the clinic's tablet in a patient's hand, by the token of what was handed over: tests/forms/test_views.py
        *(f"forms:tablet{part}" for part in ("", "-form", "-save", "-sign", "-language", "-end")),
    }


def test_portal_opens_by_links_only() -> None:
    """What a patient sees without an account stands behind the door of the portal, or says nothing at all."""
    portal = [address for address in ALL if str(address).startswith("portal:")]

    assert portal != []
    assert [str(address) for address in portal if address.guard != "public"] == []
    # the kiosk stands behind the token of its device: tests/portal/test_kiosk.py
    assert {str(address) for address in portal if not address.link} == {"portal:unknown", "portal:kiosk"}


def test_locked_screen_opens_nothing(clinic: Any, at: Any) -> None:
    user = make_user(username="somebody", name="某人", roles=["administrator"])
    client = Client()
    here = client.force_login(user)
    type(here).objects.filter(pk=here.pk).update(locked_at=at)
    wrong = []
    for address in ALL:
        if address.guard == "public" or str(address) in {"accounts:lock", "accounts:unlock"}:
            continue
        response = client.get(path_of(address))
        if response.status_code != 405 and not response.headers.get("Location", "").startswith("/unlock/"):
            wrong.append(f"{address}: {response.status_code}")

    assert wrong == []

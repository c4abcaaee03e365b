"""An id of another clinic is as good as none: 404 for every address that takes one, made from the list of addresses."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from incisor.accounts.enums import Permission
from incisor.accounts.models import Grant, Role
from tests.architecture.addresses import ALL, Address
from tests.architecture.foreign import ORGANISATION, ROWS, TYPED, VALUES, World
from tests.factories.accounts import make_second_factor, make_user

WITH_ID = [address for address in ALL if any(name in ROWS for name in address.parameters)]

# a session is its person's own and not the clinic's: tests/accounts/test_own.py
AT_HOME = [address for address in WITH_ID if "sign_in_id" not in address.parameters]


@pytest.fixture
def mighty(db: None) -> Any:
    """Return a function that makes somebody who may do everything in one clinic."""

    def make(username: str, clinic: Any) -> Client:
        user = make_user(username=username, name=username)
        make_second_factor(user=user)
        role = Role.objects.create(name_zh=username, name_en=username, permissions=sorted(Permission))
        Grant.objects.create(user=user, role=role, clinic_id=clinic.pk)
        client = Client()
        client.force_login(user)
        return client

    return make


def path_of(address: Address, world: World) -> str:
    values = {}
    for name in address.parameters:
        if name in VALUES:
            values[name] = VALUES[name]
        else:
            own = f"{address.name.partition(':')[0]}:{name}"
            make = ROWS.get(own) or ROWS.get(name) or ORGANISATION[name][1]
            values[name] = make(world).pk
    return reverse(address.name, kwargs=values)


def answers(client: Client, path: str, address: Address) -> dict[str, int]:
    """Ask by GET and POST and undo whatever was done; without those that the address does not take."""
    found = {}
    for verb, typed in (("get", {}), ("post", TYPED.get(address.name, {}))):
        with transaction.atomic():
            found[verb] = getattr(client, verb)(path, typed).status_code
            transaction.set_rollback(True)
    return {verb: status for verb, status in found.items() if status != 405}


@pytest.mark.parametrize("address", WITH_ID, ids=str)
def test_foreign_id_is_not_found(address: Address, clinic: Any, other_clinic: Any, mighty: Any, at: Any) -> None:
    path = path_of(address, World(clinic, at))

    found = answers(mighty("omar", other_clinic), path, address)

    assert found != {}
    assert set(found.values()) == {404}, found


@pytest.mark.parametrize("address", AT_HOME, ids=str)
def test_same_id_is_found_at_home(address: Address, clinic: Any, mighty: Any, at: Any) -> None:
    """The proof that there was something to leak."""
    path = path_of(address, World(clinic, at))

    found = answers(mighty("mona", clinic), path, address)

    assert 404 not in found.values(), found
    assert 403 not in found.values(), found


def test_what_belongs_to_the_organisation_says_why() -> None:
    assert all(len(reason) > 20 for reason, _make in ORGANISATION.values())

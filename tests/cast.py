"""The cast, always the same: Rosa at the desk, Dr. Dana, Mona the manager, Omar of the other clinic, Pia the patient."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from incisor.kernel import clock
from tests.factories.accounts import make_system_user, make_user
from tests.factories.clinics import make_chair, make_clinic, make_procedure
from tests.factories.patients import make_patient
from tests.factories.staff import make_roster, make_staff

# Monday 2026-03-02, 09:30 in Shanghai
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def at():
    return NOW


@pytest.fixture
def standing_clock(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let the clock of every module stand at the cast's moment; call it with another moment to set it."""
    shown, real = [at], clock.now
    for name, module in list(sys.modules.items()):
        if name.startswith("incisor.") and vars(module).get("now") is real:
            monkeypatch.setattr(module, "now", lambda: shown[0])
    return lambda moment: shown.__setitem__(0, moment)


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def other_clinic(db):
    return make_clinic(code="B", name="星河口腔")


@pytest.fixture
def system(db):
    return make_system_user()


@pytest.fixture
def rosa(clinic):
    return make_user(username="rosa", name="罗莎", roles=["receptionist"], clinic=clinic)


@pytest.fixture
def mona(clinic):
    return make_user(username="mona", name="莫娜", roles=["manager"], clinic=clinic)


@pytest.fixture
def ada(db):
    return make_user(username="ada", name="艾达", roles=["administrator"])


@pytest.fixture
def omar(other_clinic):
    return make_user(username="omar", name="奥马尔", roles=["receptionist", "manager"], clinic=other_clinic)


@pytest.fixture
def chair(clinic):
    return make_chair(clinic=clinic)


@pytest.fixture
def dana_user(clinic):
    return make_user(username="dana", name="丹娜", roles=["dentist"], clinic=clinic)


@pytest.fixture
def dana(clinic, chair, dana_user):
    staff = make_staff(clinic=clinic, chair=chair, user=dana_user)
    make_roster(staff=staff, clinic=clinic)
    return staff


@pytest.fixture
def cleaning(db):
    return make_procedure()


@pytest.fixture
def pia(clinic, system):
    return make_patient(clinic=clinic, created_by=system)


@pytest.fixture
def as_rosa(client, rosa):
    client.force_login(rosa)
    return client


@pytest.fixture
def as_mona(client, mona):
    client.force_login(mona)
    return client


@pytest.fixture
def as_omar(client, omar):
    client.force_login(omar)
    return client

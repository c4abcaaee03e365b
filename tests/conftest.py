"""The surroundings of every test: which database, and a home with a key ring of its own for each worker.

INCISOR_TEST_DATABASE says which database: sqlite (default) or postgresql, which needs TEST_PG_DSN
(`python scripts/postgres.py run -- pytest …` gives both).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

DATABASE = os.environ.get("INCISOR_TEST_DATABASE", "sqlite")
if DATABASE not in {"sqlite", "postgresql"}:
    raise SystemExit(f"INCISOR_TEST_DATABASE is {DATABASE!r}; it may be sqlite or postgresql")

# Before Django reads its settings: a home that nobody else has, and no setting of the person who runs the tests.
HOME = tempfile.mkdtemp(prefix="incisor-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("INCISOR_")]:
    if name not in {"INCISOR_TEST_DATABASE", "INCISOR_CHROMIUM"}:
        del os.environ[name]
os.environ.pop("DATABASE_URL", None)
os.environ["INCISOR_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "incisor.config.settings"
if DATABASE == "postgresql":
    dsn = os.environ.get("TEST_PG_DSN")
    if not dsn:
        raise SystemExit("PostgreSQL tests need TEST_PG_DSN; try: python scripts/postgres.py run -- pytest")
    os.environ["DATABASE_URL"] = dsn

from scripts import translations  # noqa: E402 -- after the environment

if "PYTEST_XDIST_WORKER" not in os.environ:  # once, before the workers start
    translations.compile_all()

import django  # noqa: E402 -- after the environment
from django.conf import settings  # noqa: E402 -- same
from hypothesis import settings as hypothesis_settings  # noqa: E402 -- same

if DATABASE == "sqlite":
    # Said here because pytest-django knows only Django's own back end: each worker has its database in memory.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
django.setup()

# every view, with the right clock: one that were imported while a test has set another would keep that for ever
import incisor.config.urls  # noqa: E402, F401 -- after django.setup()
from incisor.kernel import crypto, organisation  # noqa: E402 -- same

crypto.write_ring(crypto.new_ring(), Path(HOME) / "keys.json")
organisation.enter("desk")
settings.PASSWORD_HASHERS = ["tests.signing.QuickArgon2"]
pytest_plugins = ["tests.cast"]

from django.test import Client  # noqa: E402 -- after django.setup()

from tests.signing import force_login  # noqa: E402 -- same

Client.force_login = force_login  # contrib.auth, whose method this is, is not installed

# No deadline: a slow machine is not a wrong answer. The same examples each time, so that a red suite stays red.
hypothesis_settings.register_profile("incisor", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("incisor")


NEEDS_DATABASE = {"db", "transactional_db", "new_site", "opened"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what stands in tests/journeys, so that it can be chosen and left out.

    On PostgreSQL only what touches the database is run: the rest was tried on the first run and would say the same.
    """
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker("journey")
    if DATABASE == "postgresql":
        wanted = [one for one in items if _touches_database(one)]
        config.hook.pytest_deselected(items=[one for one in items if one not in set(wanted)])
        items[:] = wanted


def _touches_database(item: pytest.Item) -> bool:
    return (
        bool(NEEDS_DATABASE & set(getattr(item, "fixturenames", ())))
        or item.get_closest_marker("django_db") is not None
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On PostgreSQL let another organisation live beside the tests, and see at the end that it is untouched."""
    if DATABASE != "postgresql":
        yield
        return
    from tests import neighbour

    with django_db_blocker.unblock():
        before = neighbour.move_in()
    yield
    with django_db_blocker.unblock():
        assert neighbour.what_is_wrong(before) == []

"""Sites with a real server in front: one for all races, fresh ones for those that kill or starve it."""

import json
import sys
from types import SimpleNamespace

import pytest

from tests.config.conftest import new_site  # noqa: F401 -- a fixture
from tests.race.desk import Crowd, Server


def pytest_collection_modifyitems(items):
    for item in items:
        if "race" in item.path.parts:
            item.add_marker("race")


@pytest.fixture
def opened(new_site, request):  # noqa: F811 -- pytest's way
    """Open clinics: open_clinic(with_worker=False) makes a site, sets its stage and starts its server."""
    servers, crowds = [], []

    def open_clinic(*, site=None, with_worker=False, days=5):
        site = site or new_site().install()
        stage = site.python(f"from tests.race import stage\nanswer = stage.set_up(days={days})")
        server = Server(site, with_worker=with_worker)
        servers.append(server)
        server.start()

        def crowd(count=20, **how):
            crowds.append(Crowd(server, stage, count, **how))
            return crowds[-1]

        return SimpleNamespace(
            site=site, stage=stage, server=server, crowd=crowd, ask=lambda words: ask(site, words)
        )  # fmt: skip

    yield open_clinic
    for crowd in crowds:
        crowd.hang_up()
    for server in servers:
        server.stop()


def ask(site, words):
    """Run one question inside the installation: ask(site, "inspection.problems()")."""
    return site.python(f"from tests.race import inspection, stage\nanswer = {words}")


@pytest.fixture
def figures(record_property, capsys):
    """Tell what was measured, on the terminal and in the report."""

    def tell(name, **values):
        record_property(name, json.dumps(values))
        with capsys.disabled():
            sys.stdout.write(f"\n  {name}: " + ", ".join(f"{key} {value}" for key, value in values.items()) + "\n")

    return tell

"""A demo clinic of its own behind a real server, and real browsers in front of it.

The clinic is made once for all journeys (300 patients, seeded). The demo makes today a working day around the present hour;
whatever a journey needs beyond that it makes itself, through the screen, as a receptionist would.
"""

import itertools
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from scripts import chromium
from tests.journeys.desk import PASSWORD, ZONE, Desk

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
UP_WITHIN_S = 60
expect.set_options(timeout=15_000)  # how long a slow machine may take; what must be quick is measured elsewhere
PATIENTS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running `incisor serve` with the demo clinic.

    JOURNEY_PORT chooses its port; JOURNEY_ADDRESS names a demo that runs already (while writing journeys).
    """
    if running := os.environ.get("JOURNEY_ADDRESS"):
        yield running
        return
    home = tmp_path_factory.mktemp("clinic")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("INCISOR_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "TZ": "UTC"}
    environment.pop("DATABASE_URL", None)
    incisor = [sys.executable, "-m", "incisor", "--home", str(home)]
    made = subprocess.run(
        [*incisor, "demo", "--patients", str(PATIENTS), "--no-serve", "--zone", ZONE],
        env=environment, check=False, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert made.returncode == 0, f"incisor demo refused:\n{made.stdout}\n{made.stderr}"
    port = os.environ.get("JOURNEY_PORT") or str(_free_port())
    log = (home / "serve.log").open("wb")
    server = subprocess.Popen(
        [*incisor, "serve", "--port", port], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}", server, home / "serve.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < until:
        assert server.poll() is None, f"incisor serve ended at once:\n{log.read_text(encoding='utf-8')}"
        try:
            with urllib.request.urlopen(f"{address}/healthz/", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)  # the server starts outside of this process: there is nothing to wait for but the clock
    raise AssertionError(f"incisor serve was not up after {UP_WITHIN_S} s:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as one:
        yield one


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_desk(browser: Browser, address: str) -> Iterator[Callable[..., Desk]]:
    """Open another screen: `open_desk("luosha")` is signed in, `open_desk()` stands at the sign-in page.

    locale, timezone_id, viewport, color_scheme, has_touch … are passed to the browser.
    """
    opened: list[Desk] = []

    def open_one(username: str = "", *, is_measured: bool = False, **over: object) -> Desk:
        wanted = {"locale": "zh-CN", "timezone_id": ZONE, "viewport": {"width": 1280, "height": 800}} | over
        context = browser.new_context(base_url=address, **wanted)
        context.set_default_timeout(20_000)
        desk = Desk(context.new_page(), is_measured=is_measured)
        opened.append(desk)
        desk.page.goto("/")
        if username:
            desk.sign_in(username, PASSWORD)
        return desk

    yield open_one
    faults = [fault for desk in opened for fault in desk.faults]
    for desk in opened:
        desk.page.context.close()
    assert faults == [], "a page broke while nobody looked"


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """The reception desk, Luo Sha signed in, in Chinese."""
    return open_desk("luosha")


@pytest.fixture
def new_name() -> Callable[[], str]:
    """Names that nobody in the clinic has yet: each is given once in a run."""
    return lambda: next(NAMES)


@pytest.fixture
def new_phone() -> str:
    """A mobile number that nobody in the clinic has yet."""
    return "139" + "".join(secrets.choice("0123456789") for _ in range(8))


RARE = "澈璟珩翊瑾昱骁瑄琰璇霁骞"
EVERY_NAME = ["".join(parts) for parts in itertools.product("赵钱孙李周吴郑冯陈褚卫蒋", RARE, RARE)]
NAMES = iter(secrets.SystemRandom().sample(EVERY_NAME, len(EVERY_NAME)))

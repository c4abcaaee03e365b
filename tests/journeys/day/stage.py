"""The clinic of the day: a demo, its book, a server whose clock the test sets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.journeys.conftest import ROOT, _free_port, _wait_until_up

PATIENTS = 160
ZONE = "Asia/Shanghai"


class Clock:
    """The server's clock, by a file: how many seconds it is further than the machine's."""

    def __init__(self, file: Path, day: str) -> None:
        self.file, self.day = file, datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(ZONE))

    def set(self, minute: float) -> None:
        """Let the clinic's wall clock show that minute of the day."""
        further = self.day + timedelta(minutes=minute) - datetime.now(UTC)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(further.total_seconds()), encoding="ascii")
        fresh.replace(self.file)


@contextmanager
def clinic_of_the_day(home: Path) -> Iterator[tuple[str, Clock, dict[str, Any]]]:
    """Make the clinic, fill the day's book, serve it; give its address, its clock and the names."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("INCISOR_", "DJANGO_", "DATABASE"))
    }
    paths = [str(Path(__file__).parent / "site"), str(ROOT / "src"), str(ROOT)]
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "TZ": "UTC", "INCISOR_HOME": str(home)}
    incisor = [sys.executable, "-m", "incisor", "--home", str(home)]
    _run([*incisor, "demo", "--patients", str(PATIENTS), "--no-serve", "--zone", ZONE], environment)
    facts = json.loads(_run([sys.executable, "-m", "tests.journeys.day.prepare"], environment).splitlines()[-1])
    clock = Clock(home / "clock", facts["day"])
    clock.set(8 * 60 + 30)
    port, log = str(_free_port()), (home / "serve.log").open("wb")
    server = subprocess.Popen(
        [*incisor, "serve", "--port", port, "--no-worker"],
        env=environment | {"DAY_CLOCK": str(clock.file)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        _wait_until_up(f"http://127.0.0.1:{port}", server, home / "serve.log")
        yield f"http://127.0.0.1:{port}", clock, facts
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout

"""What no committed file may hold."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.code import ROOT, assert_none

# Put together here so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        (
            r"\b(files\.)?python" + r"hosted\.org",
            r"\bpypi" + r"\.(org|python\.org|tuna|douban)",
            r"registry\.(npm" + r"js|npm" + r"mirror|yarn" + r"pkg)",
            r"--(extra-)?index" + r"-url\b",
            r"--find" + r"-links\b",
            r"\"resol" + r"ved\"\s*:\s*\"http",
            r"https?://[^\s\"']+/sim" + r"ple\b",
        )
    )
)
NEVER_COMMITTED = re.compile(
    r"(^|/)(uv\.lock|poetry\.lock|\.env|.*\.mo|.*\.sqlite3?|.*\.pem|node_modules|__pycache__|\.venv)(/|$)"
)


def committed() -> list[Path]:
    """Return the files that git knows; outside a checkout (an unpacked archive) there is nothing to look at."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_registry_address_is_committed() -> None:
    found = []
    for path in committed():
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in REGISTRIES.finditer(text)]

    assert_none(found)


def test_nothing_built_or_secret_is_committed() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in committed()]

    assert_none(name for name in names if NEVER_COMMITTED.search(name))


@pytest.mark.parametrize(
    "text",
    [
        "https://py" + "pi.org/x",
        "https://files.python" + "hosted.org/x",
        '"resol' + 'ved": "https://registry.npm' + 'js.org/x.tgz"',
        "--index" + "-url x",
        "--extra-index" + "-url=x",
    ],
)
def test_registry_address_is_recognised(text: str) -> None:
    assert REGISTRIES.search(text)


@pytest.mark.parametrize("name", ["uv.lock", "a/b.mo", "demo.sqlite3", "frontend/node_modules/x.js", ".env"])
def test_built_or_secret_file_is_recognised(name: str) -> None:
    assert NEVER_COMMITTED.search(name)


def test_pins_are_hashed() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        packages = re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8").strip())

        assert packages, path
        assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_what_only_tests_need_is_not_in_the_pins_of_a_run() -> None:
    run = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")

    assert [name for name in ("pytest", "playwright", "hypothesis", "mypy", "ruff", "embedded") if name in run] == []


def test_generated_front_end_lock_holds_no_address() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")

    assert "resolved" not in lock
    assert lock.count('"integrity"') > 10

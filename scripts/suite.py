"""Run the whole suite: on SQLite, on PostgreSQL, and the browser journeys. `suite.py [part…] [-- pytest words]`.

Ends with one line for each part and fails when a part failed, could not start, or ran no test.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import chromium, postgres  # noqa: E402 -- needs the path above

REPORTS = ROOT / "var" / "test"
PARTS = ("sqlite", "postgresql", "journeys")
NO_JOURNEYS = ["-m", "not journey", "--ignore=tests/journeys"]


@dataclass(frozen=True)
class Outcome:
    """How a part went."""

    part: str
    is_good: bool
    words: str


def main(arguments: list[str]) -> int:
    ours, _, theirs = "\0".join(arguments).partition("--\0")
    wanted = [part for part in ours.split("\0") if part] or list(PARTS)
    if set(wanted) - set(PARTS):
        print(f"The parts are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    further = [word for word in theirs.split("\0") if word]
    outcomes = [outcome_of(part, further) for part in PARTS if part in wanted]
    print()
    for outcome in outcomes:
        print(f"{'ok    ' if outcome.is_good else 'FAILED'} {outcome.part}: {outcome.words}")
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def outcome_of(part: str, further: list[str]) -> Outcome:
    print(f"\n=== {part} ===", flush=True)
    try:
        return {"sqlite": on_sqlite, "postgresql": on_postgresql, "journeys": journeys}[part](further)
    except (postgres.NoPostgres, chromium.NoChromium) as problem:
        print(problem, file=sys.stderr)
        return Outcome(part, False, f"could not start: {problem}")


def on_sqlite(further: list[str]) -> Outcome:
    return pytest("sqlite", ["-n", "auto", *NO_JOURNEYS, *further], {"INCISOR_TEST_DATABASE": "sqlite"})


def on_postgresql(further: list[str]) -> Outcome:
    # what does not depend on the database was tried on the first run
    words = ["-n", "auto", *NO_JOURNEYS, "--ignore=tests/architecture", "--ignore=tests/scripts", *further]
    with postgres.cluster() as dsn:
        return pytest("postgresql", words, {"INCISOR_TEST_DATABASE": "postgresql", "TEST_PG_DSN": dsn})


def journeys(further: list[str]) -> Outcome:
    variables = {"INCISOR_TEST_DATABASE": "sqlite", "INCISOR_CHROMIUM": chromium.ensure()}
    return pytest("journeys", ["-n", "0", "tests/journeys", *further], variables)


def pytest(part: str, words: list[str], variables: dict[str, str]) -> Outcome:
    report = REPORTS / f"{part}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *words]
    begin = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False).returncode
    seconds = time.monotonic() - begin
    counts = counts_of(report)
    if counts is None:
        return Outcome(part, False, f"pytest ended with {code} before it had a result")
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count or word == "passed")
    return Outcome(part, code == 0 and counts["passed"] > 0, f"{summary} in {seconds:.0f} s")


def counts_of(report: Path) -> dict[str, int] | None:
    if not report.exists():
        return None
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        for word in total:
            total[word] += int(suite.get(word, 0))
    bad = total["failures"] + total["errors"]
    return {"passed": total["tests"] - bad - total["skipped"], "failed": bad, "skipped": total["skipped"]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run the whole suite: on SQLite, on PostgreSQL, and the browser journeys. `suite.py [part…] [-- pytest words]`.

Ends with one line for each part and fails when a part failed, could not start, or ran no test.
"""

import json
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
RULES_PERCENT = 100  # what decides must be tried in every branch
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
    if "sqlite" in wanted and not further:
        outcomes.append(rules_tried(REPORTS / "rules.json"))
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
    measured = [] if further else ["--cov", "--cov-report=", f"--cov-report=json:{REPORTS / 'rules.json'}"]
    words = ["-n", "auto", *NO_JOURNEYS, *measured, *further]
    return pytest("sqlite", words, {"INCISOR_TEST_DATABASE": "sqlite"})


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
    for old in (report, REPORTS / "rules.json") if part == "sqlite" else (report,):
        old.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *words]
    begin = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False).returncode
    seconds = time.monotonic() - begin
    counts = counts_of(report)
    if counts is None:
        return Outcome(part, False, f"pytest ended with {code} before it had a result")
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count or word == "passed")
    return Outcome(part, code == 0 and counts["passed"] > 0, f"{summary} in {seconds:.0f} s")


def rules_tried(report: Path) -> Outcome:
    """Say how many branches of the rules modules the tests went through, and where they did not."""
    if not report.exists():
        return Outcome("rules", False, "not measured")
    measured = json.loads(report.read_text(encoding="utf-8"))
    for name, file in sorted(measured["files"].items()):
        lines = [*file["missing_lines"], *(f"{start}→{end}" for start, end in file["missing_branches"])]
        if lines:
            print(f"not tried in {name}: {', '.join(map(str, lines))}")
    percent = measured["totals"]["percent_covered"]
    return Outcome("rules", percent >= RULES_PERCENT, f"{percent:.1f} % of lines and branches tried")


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

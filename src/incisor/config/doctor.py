"""`incisor doctor`: every check, one line each, and what to do about what is wrong."""

from collections.abc import Callable

from incisor.config import readiness
from incisor.kernel.checks import run_checks
from incisor.kernel.clock import now

Say = Callable[[str], object]
MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


def report(*, say: Say) -> int:
    """Print the result of every check; 1 when something is bad."""
    readiness.require_ready()
    results = run_checks(at=now())
    for one in results:
        say(f"{MARKS[one.status]} {one.label}: {one.sentence}")
        if one.status != "ok" and one.remedy:
            say(f"    → {one.remedy}")
    return 1 if any(one.status == "bad" for one in results) else 0

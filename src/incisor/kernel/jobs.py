"""Work that the clock or a page starts and the worker does: each run once, also with two workers, also after a crash.

A job is claimed by inserting a row that is unique by (name, slot). A worker that was killed leaves its row unfinished;
jobs are written so that running them again for the same slot does no harm, and the next slot runs anyway.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from incisor.kernel.models import JobRun

log = logging.getLogger(__name__)
STALE_AFTER = timedelta(minutes=30)
# For what runs every few seconds and takes seconds: after a power cut messages go out again within two minutes.
SHORT_STALE_AFTER = timedelta(minutes=2)
CLOCK_STEP = timedelta(minutes=1)
LATEST = "latest"


@dataclass(frozen=True, kw_only=True)
class Job:
    """name: app.verb; every: length of a slot; at_hour: for daily and weekly jobs, the local hour from which it runs."""

    name: str
    run: Callable[[datetime], str]
    every: timedelta
    at_hour: int = 0
    weekday: int | None = None


_jobs: dict[str, Job] = {}


def job(
    name: str, *, every: timedelta, at_hour: int = 0, weekday: int | None = None
) -> Callable[[Callable[[datetime], str]], Callable[[datetime], str]]:
    """Register the decorated function as a job; it takes the moment and returns a short outcome for the doctor page."""

    def register(run: Callable[[datetime], str]) -> Callable[[datetime], str]:
        _jobs[name] = Job(name=name, run=run, every=every, at_hour=at_hour, weekday=weekday)
        return run

    return register


def jobs() -> tuple[Job, ...]:
    """Return all registered jobs, by name."""
    return tuple(_jobs[name] for name in sorted(_jobs))


def slot_of(*, wall: datetime, every: timedelta, at_hour: int, weekday: int | None) -> str | None:
    """Return the name of the slot that the moment lies in, None when the job has nothing to do then.

    wall: the moment on the organisation's clock. Daily and weekly jobs run once from at_hour on, so a computer that was
    off at night runs them in the morning. Shorter ones have one slot that is used again and again.
    """
    if every < timedelta(days=1):
        return LATEST
    if wall.hour < at_hour or (weekday is not None and wall.weekday() != weekday):
        return None
    return wall.date().isoformat()


def run_due(*, at: datetime, wall: datetime) -> list[str]:
    """Run every job whose slot nobody has taken yet; return the names of those that ran. Never raises for a job."""
    ran = []
    for one in jobs():
        slot = slot_of(wall=wall, every=one.every, at_hour=one.at_hour, weekday=one.weekday)
        if slot is not None and run_once(one, slot=slot, at=at):
            ran.append(one.name)
    return ran


def run_once(one: Job, *, slot: str, at: datetime) -> bool:
    """Claim the slot and run the job; False when somebody else has it. A stale claim of a killed worker is taken over."""
    if not _claim(one, slot, at):
        return False
    outcome, is_failed = "", False
    try:
        outcome = one.run(at)
    except Exception:
        log.exception("job %s failed", one.name)
        outcome, is_failed = traceback.format_exc(limit=3), True
    JobRun.objects.filter(name=one.name, slot=slot).update(finished_at=at, outcome=outcome[:2000], is_failed=is_failed)
    return True


def _claim(one: Job, slot: str, at: datetime) -> bool:
    runs = JobRun.objects.filter(name=one.name, slot=slot)
    if slot == LATEST:
        # begun in the future: the computer's clock was set back, and nobody waits until it has caught up
        is_ahead = Q(started_at__gt=at + CLOCK_STEP)
        is_over = Q(started_at__lte=at - one.every, finished_at__isnull=False)
        free = runs.filter(is_ahead | is_over | Q(started_at__lt=at - max(one.every, SHORT_STALE_AFTER)))
        again = {"started_at": at, "finished_at": None, "outcome": "", "is_failed": False}
    else:
        free, again = runs.filter(finished_at=None, started_at__lt=at - STALE_AFTER), {"started_at": at}
    if free.update(**again):
        return True
    if runs.exists():
        return False
    try:
        with transaction.atomic():
            JobRun.objects.create(name=one.name, slot=slot, started_at=at)
    except IntegrityError:
        return False
    return True

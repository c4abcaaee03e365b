"""What the worker does for patients: going on with imports whose page was closed or whose process was killed."""

import logging
import time
from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.clinics.models import Clinic
from incisor.kernel import clock
from incisor.kernel.jobs import job
from incisor.patients import queries, services

log = logging.getLogger(__name__)
SECONDS = 10.0


@job("patients.imports", every=timedelta(seconds=15))
def go_on_with_imports(at: datetime) -> str:
    """Write portions of all imports that run, for a while; the next run goes on."""
    until = time.monotonic() + SECONDS
    portions = 0
    for batch in queries.running_imports():
        try:
            while batch.is_running and time.monotonic() < until:
                batch = services.run_import(by=batch.created_by, batch=batch, at=clock.now())
                portions += 1
        except Exception:
            log.exception("import %s stopped", batch.pk)
            services.fail_import(by=batch.created_by, batch=batch, at=clock.now())
    return f"{portions} portions"


NIGHT = range(1, 6)  # hours of the clinic's clock in which a long search disturbs nobody
AGAIN_AFTER = timedelta(hours=20)


@job("patients.duplicates", every=timedelta(minutes=1))
def search_duplicates(at: datetime) -> str:
    """Look for files of one person, clinic by clinic, for a few seconds; the next run goes on.

    At night; a computer that was off at night catches up by day, a little each minute."""
    until = time.monotonic() + SECONDS
    count = 0
    for clinic in Clinic.objects.filter(is_active=True).order_by("code", "pk"):
        scan = queries.duplicate_scan(clinic)
        done_at = scan.finished_at if scan is not None else None
        is_late = done_at is None or at - done_at > 2 * AGAIN_AFTER
        if done_at is not None and at - done_at < AGAIN_AFTER:
            continue
        if clock.local(at, clinic.zone).hour not in NIGHT and not is_late:
            continue
        while time.monotonic() < until:
            portion = services.search_duplicates(by=system_user(), clinic=clinic, at=at)
            count += portion
            if not portion:
                break
    return f"{count} files"

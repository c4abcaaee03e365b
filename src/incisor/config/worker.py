"""The worker: does what the clock says, for as long as the server that started it lives."""

import logging
import os
import signal
import sys
import threading
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from incisor.audit.services import origin
from incisor.clinics.models import Organisation
from incisor.config import backup  # noqa: F401 -- registers its jobs
from incisor.kernel import jobs
from incisor.kernel.clock import local, now
from incisor.kernel.organisation import organisation

log = logging.getLogger("incisor.worker")
TICK_SECONDS = 1.0


def work(*, with_parent: bool, once: bool) -> int:
    """Run due jobs every second until told to stop; with_parent: until standard input closes."""
    stop = threading.Event()
    if once:
        tick()
        return 0
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_wait_for_parent, args=(stop,), daemon=True).start()
    while not stop.is_set():
        try:
            close_old_connections()
            tick()
        except DatabaseError:
            log.exception("the database did not answer; trying again")
            connection.close()
        stop.wait(TICK_SECONDS)
    return 0


def tick() -> list[str]:
    """Run what is due now; returns the names of the jobs that ran."""
    at = now()
    with organisation(settings.INCISOR_ORGANISATION), origin("worker"):
        zone = Organisation.objects.values_list("zone", flat=True).first() or "UTC"
        return jobs.run_due(at=at, wall=local(at, zone))


def _wait_for_parent(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


@jobs.job("kernel.forget_old_runs", every=timedelta(days=1), at_hour=4)
def forget_old_runs(at: object) -> str:
    """Drop job runs older than 60 days, finished requests older than 7 and ended sessions."""
    from datetime import datetime  # noqa: PLC0415 -- typing only

    from django.core.management import call_command  # noqa: PLC0415 -- rarely needed

    from incisor.kernel.models import FinishedRequest, JobRun  # noqa: PLC0415 -- same

    assert isinstance(at, datetime)
    runs, _ = JobRun.objects.filter(started_at__lt=at - timedelta(days=60)).delete()
    requests, _ = FinishedRequest.objects.filter(at__lt=at - timedelta(days=7)).delete()
    call_command("clearsessions", verbosity=0)
    return f"{runs} runs, {requests} requests"

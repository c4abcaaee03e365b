"""What the worker does for patients: going on with imports whose page was closed or whose process was killed."""

import logging
import time
from datetime import datetime, timedelta

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

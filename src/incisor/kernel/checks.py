"""Checks of the installation, each with a sentence and what to do: for `incisor doctor` and the page /system/.

Apps above add theirs to `checks` in AppConfig.ready(): the audit its chain, the installation its backups.
"""

import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incisor.kernel import crypto
from incisor.kernel.hooks import Entry, Place
from incisor.kernel.jobs import jobs
from incisor.kernel.models import Installation, JobRun

log = logging.getLogger(__name__)
OK, WARN, BAD = "ok", "warn", "bad"
MEGABYTE = 1024 * 1024
LITTLE_SPACE = 2048 * MEGABYTE
NO_SPACE = 200 * MEGABYTE
WORKER_SILENT = timedelta(minutes=15)
FAILURES_SHOWN = timedelta(days=2)


@dataclass(frozen=True)
class Finding:
    """What a check found. status: ok, warn or bad. sentence and remedy are for people."""

    status: str
    sentence: Any
    remedy: Any = ""


@dataclass(frozen=True, kw_only=True)
class Check(Entry):
    """run(at, is_thorough): looks; thorough is what may take minutes (the command line), else it must answer at once."""

    run: Callable[[datetime, bool], Finding]


@dataclass(frozen=True)
class Result:
    """A check's name and what it found."""

    key: str
    label: str
    status: str
    sentence: str
    remedy: str


checks: Place[Check] = Place("checks")


def run_checks(*, at: datetime, is_thorough: bool = True) -> list[Result]:
    """Return the result of every check; one that breaks is itself a bad result and stops no other."""
    return [_result(check, at=at, is_thorough=is_thorough) for check in checks]


def _result(check: Check, *, at: datetime, is_thorough: bool) -> Result:
    try:
        found = check.run(at, is_thorough)
    except Exception as failure:
        log.exception("check %s failed", check.key)
        problem = str(failure).strip().splitlines()
        found = Finding(
            BAD,
            _("This could not be checked: %(problem)s")
            % {"problem": problem[0] if problem else type(failure).__name__},
            _("Look into the server's log, and put right what it names."),
        )
    return Result(check.key, str(check.label), found.status, str(found.sentence), str(found.remedy))


def schema(_at: datetime, _is_thorough: bool) -> Finding:
    """Compare the tables with this version."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        count = len(pending)
        sentence = ngettext(
            "The database is %(n)d step behind this version.", "The database is %(n)d steps behind this version.", count
        )
        return Finding(BAD, sentence % {"n": count}, _("Make a backup, then run “incisor migrate”."))
    return Finding(OK, _("The database is of this version (%(version)s).") % {"version": settings.INCISOR_VERSION})


def keys(_at: datetime, _is_thorough: bool) -> Finding:
    """Try the key ring and compare it with the one that the database was sealed with."""
    ring = crypto.ring()
    row = Installation.objects.first()
    if row is not None and row.key_fingerprint != ring.fingerprint():
        return Finding(
            BAD,
            _("The keys file belongs to another installation: sealed fields cannot be read."),
            _("Put back the keys file of this installation: %(path)s.") % {"path": settings.INCISOR_KEYS},
        )
    path = Path(settings.INCISOR_KEYS)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        return Finding(
            WARN,
            _("The keys file can be read by other users of this computer."),
            _("Let only the server's own user read %(path)s (chmod 600).") % {"path": path},
        )
    count = len(ring.keys)
    sentence = ngettext("The keys file opens: %(n)d key.", "The keys file opens: %(n)d keys.", count)
    return Finding(OK, sentence % {"n": count})


def _folders() -> dict[str, Path]:
    return {
        str(_("data")): Path(settings.INCISOR_HOME),
        str(_("attachments")): Path(settings.INCISOR_ATTACHMENTS),
        str(_("backups")): Path(settings.INCISOR_BACKUPS),
    }


def folders(_at: datetime, _is_thorough: bool) -> Finding:
    """Look whether the folders can be written; one that nothing was put into yet need not be there."""
    closed = [
        f"{name}: {path}" for name, path in _folders().items() if not os.access(_existing(path), os.W_OK | os.X_OK)
    ]
    if closed:
        return Finding(
            BAD,
            _("These folders cannot be written: %(folders)s") % {"folders": ", ".join(closed)},
            _("Give the server's user the right to write there."),
        )
    return Finding(OK, _("Data, attachments and backups can be written."))


def _existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def space(_at: datetime, _is_thorough: bool) -> Finding:
    """Look how much room the disks have."""
    name, free = min(
        ((name, shutil.disk_usage(_existing(path)).free) for name, path in _folders().items()), key=lambda pair: pair[1]
    )
    facts = {"megabytes": free // MEGABYTE, "folder": name}
    if free < LITTLE_SPACE:
        return Finding(
            BAD if free < NO_SPACE else WARN,
            _("Little room is left on the disk (%(folder)s): %(megabytes)d MB.") % facts,
            _("Make room, or move the folder to a larger disk. A full disk stops the clinic's work."),
        )
    return Finding(OK, _("%(megabytes)d MB are free.") % facts)


def worker(at: datetime, _is_thorough: bool) -> Finding:
    """Look whether the worker runs, and whether what it did went well."""
    last = JobRun.objects.order_by("-started_at").values_list("started_at", flat=True).first()
    often = [one for one in jobs() if one.every <= WORKER_SILENT]
    if last is None or (often and at - last > WORKER_SILENT):
        return Finding(
            WARN,
            _("The worker is not running: messages, follow-up tasks and backups wait."),
            _("Start the server with “incisor serve”, or the worker alone with “incisor work”."),
        )
    failed = (
        JobRun.objects.filter(is_failed=True, started_at__gt=at - FAILURES_SHOWN)
        .order_by("name").values_list("name", flat=True).distinct()
    )  # fmt: skip
    if failed:
        return Finding(
            BAD,
            _("Jobs failed lately: %(jobs)s") % {"jobs": ", ".join(failed)},
            _("See the list of jobs for the reason."),
        )
    return Finding(OK, _("The worker runs, and its jobs went well."))


def add_own() -> None:
    """Add the checks of the kernel."""
    for order, (key, label, run) in enumerate(
        (
            ("schema", gettext_lazy("Database"), schema),
            ("keys", gettext_lazy("Key ring"), keys),
            ("folders", gettext_lazy("Folders"), folders),
            ("space", gettext_lazy("Disk space"), space),
            ("worker", gettext_lazy("Worker"), worker),
        ),
        start=1,
    ):
        checks.add(Check(key=key, label=label, order=order * 10, run=run))

"""Whether this installation may start. One clear sentence for each thing that is wrong."""

import os
import shutil
import sqlite3
import uuid
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from incisor.kernel import crypto
from incisor.kernel.errors import NotReady
from incisor.kernel.models import Installation

LEAST_FREE_BYTES = 50 * 1024 * 1024


def require_ready() -> None:
    """Raise NotReady with one sentence if the product must not start: folder, disk, database, schema, keys."""
    require_folder()
    require_schema()
    require_keys()


def require_folder() -> None:
    """Raise NotReady unless the data folder can be written and has room."""
    home = Path(settings.INCISOR_HOME)
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".probe-{uuid.uuid4().hex}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as failure:
        raise NotReady(
            f"The data folder {home} cannot be written ({failure.strerror}). Give this user the right to write there, "
            "or name another folder with --home."
        ) from failure
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        raise NotReady(
            f"The disk of {home} is nearly full: {free // 1024 // 1024} MB are free, {LEAST_FREE_BYTES // 1024 // 1024} MB "
            "are needed. Make room, then start again."
        )


def require_schema() -> None:
    """Raise NotReady unless the database is there, whole, and of this version."""
    if connection.vendor == "sqlite":
        _require_sqlite_file(Path(str(connection.settings_dict["NAME"])))
    try:
        executor = MigrationExecutor(connection)
        known = set(executor.loader.disk_migrations or ())
        applied = set(executor.loader.applied_migrations)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, sqlite3.DatabaseError) as failure:
        raise NotReady(f"The database does not answer: {str(failure).strip().splitlines()[0]}") from failure
    newer = sorted(f"{app}.{name}" for app, name in applied - known if app in {app for app, _ in known})
    if newer:
        raise NotReady(
            f"The database was made by a newer version of Incisor ({newer[-1]}). Start that version, or restore a "
            "backup of this one."
        )
    if not applied:
        raise NotReady("There is no installation in this database yet. Run “incisor init” (or “incisor demo”).")
    if pending:
        raise NotReady(
            f"The database is of an older version ({len(pending)} steps behind). Make a backup, then run “incisor migrate”."
        )


def _require_sqlite_file(path: Path) -> None:
    if not path.exists():
        raise NotReady(f"There is no installation in {path.parent} yet. Run “incisor init” (or “incisor demo”).")
    if not os.access(path, os.W_OK):
        raise NotReady(f"The database file {path} cannot be written. Give this user the right to write it.")


def require_keys() -> None:
    """Raise NotReady unless the key ring is there and is the one that this database was sealed with."""
    fingerprint = crypto.ring().fingerprint()
    row = Installation.objects.first()
    if row is None:
        raise NotReady("There is no installation in this database yet. Run “incisor init” (or “incisor demo”).")
    if row.key_fingerprint != fingerprint:
        raise NotReady(
            f"The keys file {settings.INCISOR_KEYS} belongs to another installation. Put back the keys file of this one: "
            "without it phone numbers, addresses and notes cannot be read."
        )

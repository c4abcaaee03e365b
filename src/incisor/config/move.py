"""From a SQLite file into PostgreSQL: every row, in one transaction, proven equal before it counts."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection, connections, transaction

from incisor.config import archive, attachments, readiness, setup
from incisor.kernel.errors import NotReady

Say = Callable[[str], object]


def move(*, file: Path, say: Say) -> None:
    """Copy the file's rows into the empty schema that DATABASE_URL names. Raises NotReady; then nothing was written."""
    if connection.vendor != "postgresql":
        raise NotReady(
            "Say where to: set DATABASE_URL to the PostgreSQL database, for example postgresql://user@host/incisor"
        )
    if not file.is_file():
        raise NotReady(f"There is no file {file}.")
    setup.migrate(say=lambda _line: None)
    connections.databases["source"] = {
        **connections.databases["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{file.resolve()}?mode=ro",
        "OPTIONS": {"uri": True},
        "CONN_MAX_AGE": 0,
        "TEST": {},
    }
    source = connections["source"]
    try:
        have, want = archive.migrations_of(source), archive.migrations_of(connection)
        if have != want:
            raise NotReady(
                "The SQLite file is of another version. Run “incisor migrate” on it with this version first."
            )
        with archive.snapshot(source):
            wanted = archive.sums(source)
            with transaction.atomic():
                _require_empty()
                for model in archive.tables():
                    count = archive.write_table(connection, model, archive.lines(source, model))
                    if count:
                        say(f"  {model._meta.db_table}: {count}")
                if archive.sums(connection) != wanted:
                    raise NotReady("After copying, the rows are not equal. Nothing was kept.")
    finally:
        source.close()
        del connections["source"]
        del connections.databases["source"]
    readiness.require_keys()
    files = attachments.bring_along(file.parent)
    if files:
        say(f"  files: {files}")
    say(
        f"Moved {sum(table.count for table in wanted.values())} rows; counts and hashes equal. Keep the old file as a backup."
    )


def _require_empty() -> None:
    for model in archive.tables():
        if model._default_manager.exists():
            raise NotReady(f"The database is not empty: {model._meta.db_table} has rows. Nothing was written.")

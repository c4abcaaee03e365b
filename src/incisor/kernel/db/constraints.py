"""Constraints: which one refused, and those that only PostgreSQL can hold."""

import re
from typing import Any

from django.db import IntegrityError, connection
from django.db.migrations.operations import RunSQL

_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(\w+)'|([\w., ]+))")


def violated_constraint(failure: IntegrityError) -> str:
    """Return the name of the constraint that refused, "" if the database does not tell.

    On SQLite a unique constraint shows as "table.column, table.column"; a distributed PostgreSQL may append "_12345".
    """
    cause = failure.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if name:
        return re.sub(r"_\d{4,}$", "", name)
    message = str(failure)
    for pattern in (_SQLITE_CHECK, _SQLITE_UNIQUE):
        match = pattern.search(message)
        if match:
            return next(group for group in match.groups() if group)
    match = re.search(r'constraint "(\w+?)(?:_\d{4,})?"', message)
    return match.group(1) if match else ""


class PostgresSQL(RunSQL):
    """Statements that run on PostgreSQL only: guards behind the locks. Lists of single statements."""

    def _run_sql(self, schema_editor: Any, sqls: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super()._run_sql(schema_editor, sqls)  # type: ignore[misc]  # not in the stubs


def is_postgresql() -> bool:
    """Tell whether this installation runs on PostgreSQL."""
    return connection.vendor == "postgresql"

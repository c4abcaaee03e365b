"""Which organisation the code works for: a schema on PostgreSQL, a file on SQLite.

Requests, jobs, commands and tests enter through `organisation(schema)`; whatever runs outside has no database.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str | None] = ContextVar("organisation", default=None)
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")


class NoOrganisation(RuntimeError):
    """The database was used before anybody said for which organisation."""


class ChangedInTransaction(RuntimeError):
    """The organisation was changed in the middle of a transaction."""


def current() -> str:
    """Return the schema of the organisation entered. Raises NoOrganisation."""
    schema = _current.get()
    if schema is None:
        raise NoOrganisation("enter organisation(schema) first")
    return schema


def is_valid_name(schema: str) -> bool:
    """Tell whether the text can name an organisation's schema: lower-case letters, digits, underscore; not public."""
    return bool(_NAME.match(schema)) and schema != "public" and not schema.startswith("pg_")


@contextmanager
def organisation(schema: str) -> Iterator[str]:
    """Work for that organisation. Raises ValueError for a name that cannot be a schema."""
    if not is_valid_name(schema):
        raise ValueError(f"not a name of an organisation: {schema!r}")
    token = _current.set(schema)
    try:
        yield schema
    finally:
        _current.reset(token)


def enter(schema: str) -> None:
    """Enter for the rest of this thread: for a command that works for one organisation until it ends."""
    if not is_valid_name(schema):
        raise ValueError(f"not a name of an organisation: {schema!r}")
    _current.set(schema)

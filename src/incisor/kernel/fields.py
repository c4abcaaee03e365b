"""Model fields of our own."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models

from incisor.kernel import crypto

NUMBER = re.compile(r"-?\d+")


class EncryptedTextField(models.TextField):
    """A text that is sealed in the database and plain in Python. Empty stays empty. Cannot be searched."""

    def _context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return crypto.ring().decrypt(value, context=self._context()) if value else value

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return crypto.ring().encrypt(text, context=self._context()) if text else text

    def get_lookup(self, lookup_name: str) -> Any:
        # a sealed value differs each time it is sealed: only empty and null can be asked for
        return super().get_lookup(lookup_name) if lookup_name in {"isnull"} else None


class KeyTextField(models.CharField):
    """A short text compared byte by byte on both databases, so that prefix ranges use the index."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class StoreKeyField(models.CharField):
    """The key of a sealed file in kernel.store. Files that no such field names are removed by a job after some days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class SpansField(models.TextField):
    """Stretches of time in whole minutes since 1970 (kernel.spans), as a tuple of pairs, in order and apart.

    On PostgreSQL an int8multirange, so that an exclusion constraint can compare two rows; on SQLite the same text.
    """

    def db_type(self, connection: Any) -> str | None:
        return "int8multirange" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        if value is None:  # of a row that an outer join did not find
            return None
        return spans_of_text(value if isinstance(value, str) else str(value))

    def to_python(self, value: Any) -> Any:
        return spans_of_text(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else text_of_spans(value)


def text_of_spans(spans: Iterable[tuple[int, int]]) -> str:
    """Return spans as the databases keep them: "{[10,20),[30,40)}"."""
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"


def spans_of_text(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of a kept text, or of several in a row. Times come by the thousand."""
    numbers = map(int, NUMBER.findall(text))
    return tuple(zip(numbers, numbers, strict=True))


def prefix_range(field: str, prefix: str) -> dict[str, str]:
    """Return the filter for “begins with” on a KeyTextField: a range, which both databases answer from the index."""
    return {f"{field}__gte": prefix, f"{field}__lt": prefix + "\U0010ffff"}


def index_of(value: str, *, context: str) -> str:
    """Return the look-up hash of a value, empty for empty."""
    return crypto.ring().index(value, context=context) if value else ""


def as_uuid(text: Any) -> Any:
    """Return the UUID of a text, None when it is none: a look-up for None finds nothing."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None

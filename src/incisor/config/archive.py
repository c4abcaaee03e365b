"""The whole content of an installation as plain lines, the same from both databases: for backup, restore and moving.

A table becomes one file of JSON lines, its rows in order of their keys. Sealed values stay sealed. The SHA-256 of that
file is therefore the same wherever the rows are, and two installations can be compared table by table.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from incisor.kernel.fields import EncryptedTextField, SpansField, spans_of_text, text_of_spans

CHUNK = 2000
LEFT_OUT = frozenset({"django_session"})  # whoever is signed in signs in again


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has, and the hash of all of them."""

    count: int
    sha256: str


def tables() -> list[type[models.Model]]:
    """Return every table, referenced ones first."""
    found = [model for model in apps.get_models() if model._meta.managed and model._meta.db_table not in LEFT_OUT]
    order: list[type[models.Model]] = []

    def visit(model: type[models.Model], path: tuple[type[models.Model], ...]) -> None:
        if model in order or model in path:
            return
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is not model:
                visit(field.related_model, (*path, model))
        order.append(model)

    for model in sorted(found, key=lambda one: one._meta.label):
        visit(model, ())
    return [model for model in order if model in found]


def lines(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[bytes]:
    """Yield the rows of a table as JSON lines, in order of their keys."""
    fields = list(model._meta.local_fields)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    key = quote(str(model._meta.pk.column))
    last: Any = None
    while True:
        # by key, not by offset: each chunk costs the same, however long the table
        where = f"WHERE {key} > %s" if last is not None else ""
        sql = f"SELECT {columns} FROM {quote(model._meta.db_table)} {where} ORDER BY {key} LIMIT {CHUNK}"
        with connection.cursor() as cursor:
            cursor.execute(sql, [last] if last is not None else [])
            rows = cursor.fetchall()
        for row in rows:
            plain = [_plain(field, value, connection.vendor) for field, value in zip(fields, row, strict=True)]
            yield json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if len(rows) < CHUNK:
            return
        last = rows[-1][fields.index(model._meta.pk)]


def _plain(field: "models.Field[Any, Any]", value: Any, vendor: str) -> Any:
    if value is None:
        return None
    kind = _base(field)
    if kind is models.UUIDField:
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))
    if kind is models.BooleanField:
        return bool(value)
    if kind is models.DateTimeField:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if kind is models.DateField:
        return value if isinstance(value, str) else value.isoformat()
    if kind is models.TimeField:
        return (value if isinstance(value, dt.time) else dt.time.fromisoformat(value)).isoformat()
    if kind is models.JSONField:
        content = json.loads(value) if isinstance(value, str) else value
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if kind in {models.BinaryField}:
        return bytes(value).hex()
    if kind is SpansField:
        return text_of_spans(spans_of_text(str(value)))
    return value


def _base(field: "models.Field[Any, Any]") -> type[Any]:
    """Return the kind of value in the column; of a foreign key, that of the key it points to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    for kind in (
        models.UUIDField, models.BooleanField, models.DateTimeField, models.DateField, models.TimeField, models.JSONField,
        models.BinaryField,
    ):  # fmt: skip
        if isinstance(field, kind):
            return kind
    return type(field)


def sums(connection: BaseDatabaseWrapper) -> dict[str, TableSum]:
    """Return count and hash of every table. Call inside snapshot()."""
    found = {}
    for model in tables():
        digest, count = hashlib.sha256(), 0
        for line in lines(connection, model):
            digest.update(line)
            count += 1
        found[model._meta.db_table] = TableSum(count, digest.hexdigest())
    return found


def write_table(connection: BaseDatabaseWrapper, model: type[models.Model], content: Iterator[bytes]) -> int:
    """Write JSON lines into an empty table; returns how many. Call inside a transaction."""
    fields = list(model._meta.local_fields)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"
    count, batch = 0, []
    with connection.cursor() as cursor:
        for line in content:
            values = json.loads(line)
            batch.append([_stored(field, value, connection) for field, value in zip(fields, values, strict=True)])
            count += 1
            if len(batch) >= CHUNK:
                cursor.executemany(sql, batch)
                batch = []
        if batch:
            cursor.executemany(sql, batch)
    return count


def _stored(field: "models.Field[Any, Any]", value: Any, connection: BaseDatabaseWrapper) -> Any:
    if value is None:
        return None
    kind = _base(field)
    if kind is models.UUIDField:
        key = uuid.UUID(value)
        return key if connection.features.has_native_uuid_field else key.hex
    if kind is models.DateTimeField:
        return connection.ops.adapt_datetimefield_value(dt.datetime.fromisoformat(value))
    if kind is models.DateField:
        return connection.ops.adapt_datefield_value(dt.date.fromisoformat(value))
    if kind is models.TimeField:
        return connection.ops.adapt_timefield_value(dt.time.fromisoformat(value))
    if kind is models.BinaryField:
        return bytes.fromhex(value)
    return value  # JSON as text: both databases take it; sealed values as they are


def migrations_of(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the migrations that this database has."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def sealed_fields() -> list[tuple[type[models.Model], list[EncryptedTextField]]]:
    """Return the tables with sealed columns, and those columns: for the rotation of keys."""
    found = []
    for model in tables():
        fields = [field for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if fields:
            found.append((model, fields))
    return found


class snapshot:
    """See one state of the whole database while others go on writing; nothing is locked."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        self._is_ours = not self.connection.in_atomic_block
        if not self._is_ours:
            return
        if self.connection.vendor == "sqlite":
            # a plain BEGIN beside the write gate: WAL readers see one state and stop nobody
            self.connection.ensure_connection()
            self.connection.cursor().execute("BEGIN DEFERRED")
            self.connection.cursor().execute("SELECT count(*) FROM django_migrations").fetchone()
            self.connection.in_atomic_block = True
            return
        self._atomic = transaction.atomic(using=self.connection.alias)
        self._atomic.__enter__()
        self.connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def __exit__(self, *problem: Any) -> None:
        if not self._is_ours:
            return
        if self.connection.vendor == "sqlite":
            self.connection.in_atomic_block = False
            self.connection.cursor().execute("ROLLBACK")
            return
        self._atomic.__exit__(*problem)

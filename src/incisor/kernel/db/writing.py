"""Rows written by a statement that is built once: what every action of the desk leaves behind.

insert(Notice(...))                         # as `save(force_insert=True)`, but for signals, which no app here uses
insert(Notice(...), or_nothing=True)        # False when a unique or exclusion constraint stands against it
rewrite(head, "number", "hash")             # as `save(update_fields=[...])`
run("UPDATE … SET … WHERE …", key)           # what no row in hand stands for: returns how many it touched
"""

from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction

from incisor.kernel.db.prepared import as_sent


def insert(row: models.Model, *, or_nothing: bool = False) -> bool:
    """Insert the row; tell whether it was inserted. Raises IntegrityError.

    or_nothing: a row that a unique or an exclusion constraint stands against is left out, without an error, so that the
    transaction goes on without a savepoint.
    """
    opts = row._meta
    values = [_sent(field, row, is_new=True) for field in opts.local_concrete_fields]
    count = _write(_insertion(type(row), or_nothing), values)
    if count:
        row._state.adding, row._state.db = False, connection.alias
    return bool(count)


def rewrite(row: models.Model, *names: str) -> bool:
    """Write these fields of a row; tell whether it is in the database."""
    fields = [row._meta.get_field(name) for name in names]
    values = [_sent(field, row) for field in (*fields, row._meta.pk)]
    return bool(_write(_rewriting(type(row), names), values))


def run(sql: str, *values: Any) -> int:
    """Send a statement with ids, moments, days or texts as its values; return how many rows it touched."""
    return _write(sql, [as_sent(value) for value in values])


def _write(sql: str, values: list[Any]) -> int:
    with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
        _rows, count = connection.kept(sql, values)  # type: ignore[attr-defined]
    return int(count)


def _sent(field: Any, row: models.Model, *, is_new: bool = False) -> Any:
    value = field.get_db_prep_save(field.pre_save(row, is_new), connection=connection)
    # a member of an enumeration is sent as the text that it stands for
    return str.__str__(value) if isinstance(value, str) and type(value) is not str else value


@lru_cache(maxsize=512)
def _insertion(model: type[models.Model], or_nothing: bool) -> str:
    name: Any = connection.ops.quote_name
    columns = [name(field.column) for field in model._meta.local_concrete_fields]
    marks = ", ".join(["%s"] * len(columns))
    end = " ON CONFLICT DO NOTHING" if or_nothing else ""
    return f"INSERT INTO {name(model._meta.db_table)} ({', '.join(columns)}) VALUES ({marks}){end}"


@lru_cache(maxsize=512)
def _rewriting(model: type[models.Model], names: tuple[str, ...]) -> str:
    name: Any = connection.ops.quote_name
    opts: Any = model._meta
    changes = ", ".join(f"{name(opts.get_field(one).column)} = %s" for one in names)
    return f"UPDATE {name(opts.db_table)} SET {changes} WHERE {name(opts.pk.column)} = %s"

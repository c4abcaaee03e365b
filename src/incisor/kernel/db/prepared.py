"""Reads whose statement is built once: on small reads Django spends ten times longer on building than the database on answering.

    @prepared
    def _grants(user_id: uuid.UUID) -> QuerySet[Grant]:
        return Grant.objects.filter(user=user_id)

    rows = _grants(user.pk)     # a list, read afresh each time: only the statement is kept

Arguments are UUIDs, moments, days, texts or tuples of UUIDs (for `__in`), are values of the query and nothing else (no
`if` may look at them), and None is none of them. The function is called once for each connection and length of tuple.
"""

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators


class NotPreparable(TypeError):
    """The query cannot be kept as a statement: an argument of another kind, or one that is no value of the query."""


def _kind(value: Any) -> str:
    # a moment is a date too, so it comes first
    for name, kind in (("id", uuid.UUID), ("moment", datetime), ("day", date), ("text", str)):
        if isinstance(value, kind):
            return name
    raise NotPreparable(f"{type(value).__name__} is no argument of a prepared read")


def _stand_in(kind: str, number: int) -> Any:
    """Return a value of that kind that no query holds by itself."""
    if kind == "id":
        return uuid.UUID(int=(0xABAD1DEA << 96) + number)
    if kind == "moment":
        return datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC) + timedelta(days=number)
    if kind == "day":
        return date(1901, 2, 3) + timedelta(days=number)
    return f"\x1astand-in-{number}"


def _as_sent(value: Any, kind: str) -> Any:
    if kind == "id":
        return value if connection.features.has_native_uuid_field else value.hex
    if kind == "moment":
        return connection.ops.adapt_datetimefield_value(value)
    if kind == "day":
        return connection.ops.adapt_datefield_value(value)
    return str(value)


def _shaped(flat: list[Any], lengths: tuple[int, ...]) -> list[Any]:
    rest = iter(flat)
    return [next(rest) if length < 0 else tuple(islice(rest, length)) for length in lengths]


class _Statement:
    """A statement with the places of its arguments and how its rows become what the query set gives."""

    def __init__(self, found: QuerySet[Any], stand_ins: list[Any], kinds: list[str]) -> None:
        if found._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise NotPreparable("a prepared read prefetches nothing")
        compiler: Any = found.query.get_compiler(connection=connection)
        self.sql, params = compiler.as_sql()
        self.params, self.kinds = list(params), kinds
        self.places = [(place, number) for place, param in enumerate(params)
                       for number, one in enumerate(stand_ins) if type(param) is type(one) and param == one]  # fmt: skip
        if {number for _place, number in self.places} != set(range(len(stand_ins))):
            raise NotPreparable("an argument is no value of the query")
        self.compiler = compiler
        self.converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        self.build = self._builder(found._iterable_class, found.db)

    def _builder(self, kind: Any, using: str) -> Callable[[Any], Any]:
        if kind is ValuesListIterable:
            return tuple
        if kind is FlatValuesListIterable:
            return lambda row: row[0]
        if kind is not ModelIterable:
            raise NotPreparable("a prepared read gives rows or tuples")
        select, about = self.compiler.select, self.compiler.klass_info
        first, end = about["select_fields"][0], about["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:end]]
        populators = get_related_populators(about, select, using)  # type: ignore[call-arg]
        annotations = list(self.compiler.annotation_col_map.items())

        def row_of(row: Any) -> Any:
            one = about["model"].from_db(using, names, row[first:end])
            for populator in populators:
                populator.populate(row, one)
            for name, column in annotations:
                setattr(one, name, row[column])
            return one

        return row_of

    def rows(self, sent: list[Any]) -> list[Any]:
        params = self.params.copy()
        for place, number in self.places:
            params[place] = sent[number]
        with _keeping_cursor() as cursor:
            cursor.execute(self.sql, params)
            found: Any = cursor.fetchall()
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        return [self.build(row) for row in found]


@contextmanager
def _keeping_cursor() -> Iterator[Any]:
    """Give a cursor whose statement PostgreSQL keeps, planned; SQLite's driver keeps every statement by itself."""
    connection.prepares = True  # type: ignore[attr-defined]
    try:
        cursor = connection.cursor()
    finally:
        connection.prepares = False  # type: ignore[attr-defined]
    with cursor:
        yield cursor


def prepared(query: Callable[..., QuerySet[Any, Any]]) -> Callable[..., list[Any]]:
    """Turn the function that builds a query set into one that reads it by a kept statement."""

    @functools.wraps(query)
    def read(*values: Any) -> list[Any]:
        kept = getattr(connection, "incisor_statements", None)
        if kept is None:
            kept = connection.incisor_statements = {}  # type: ignore[attr-defined]
        if () in values:
            return list(query(*values))  # Django knows without the database that nothing is in nothing
        lengths = tuple(len(value) if isinstance(value, tuple) else -1 for value in values)
        flat = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
        kinds = [_kind(value) for value in flat]
        statement = kept.get((read, lengths))
        if statement is None:
            stand_ins = [_stand_in(kind, number) for number, kind in enumerate(kinds)]
            sent = [_as_sent(one, kind) for one, kind in zip(stand_ins, kinds, strict=True)]
            statement = kept[read, lengths] = _Statement(query(*_shaped(stand_ins, lengths)), sent, kinds)
        if kinds != statement.kinds:
            raise NotPreparable("the arguments are of other kinds than at the first call")
        return statement.rows([_as_sent(value, kind) for value, kind in zip(flat, kinds, strict=True)])

    return read

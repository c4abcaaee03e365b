"""Reads whose statement is built once: on small reads Django spends ten times longer on building than the database on answering.

    @prepared
    def _grants(user_id: uuid.UUID) -> QuerySet[Grant]:
        return Grant.objects.filter(user=user_id)

    rows = _grants(user.pk)     # a list, read afresh each time: only the statement is kept

Arguments are UUIDs, moments, days, texts or tuples of them (for `__in`), are values of the query and nothing else (no
`if` may look at them), and None is none of them. The function is called once for each length of tuple, in every process.
"""

import functools
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import islice
from operator import attrgetter
from typing import Any, overload

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators


class NotPreparable(TypeError):
    """The query cannot be kept as a statement: an argument of another kind, or one that is no value of the query."""


# a moment is a date too, so it comes first
KINDS: dict[type, str] = {uuid.UUID: "id", datetime: "moment", date: "day", str: "text"}


def _kind(value: Any) -> str:
    found = KINDS.get(type(value)) or next((kind for base, kind in KINDS.items() if isinstance(value, base)), None)
    if found is None:
        raise NotPreparable(f"{type(value).__name__} is no argument of a prepared read")
    return found


def _stand_in(kind: str, number: int) -> Any:
    """Return a value of that kind that no query holds by itself."""
    if kind == "id":
        return uuid.UUID(int=(0xABAD1DEA << 96) + number)
    if kind == "moment":
        return datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC) + timedelta(days=number)
    if kind == "day":
        return date(1901, 2, 3) + timedelta(days=number)
    return f"\x1astand-in-{number}"


def as_sent(value: Any) -> Any:
    """Return the value as the driver takes it. Raises NotPreparable."""
    send = _sender(_kind(value))
    return value if send is None else send(value)


@functools.cache
def _unopened() -> Any:
    """Return a connection that only describes its database and is never opened."""
    return connections.create_connection(DEFAULT_DB_ALIAS)


def _sender(kind: str) -> Callable[[Any], Any] | None:
    """Return what turns a value of that kind into what the driver takes, None where the driver takes it as it is."""
    if kind == "id":
        return None if _unopened().features.has_native_uuid_field else attrgetter("hex")
    if kind == "moment":
        return _unopened().ops.adapt_datetimefield_value  # type: ignore[no-any-return]
    return _unopened().ops.adapt_datefield_value if kind == "day" else str


def _shaped(flat: list[Any], lengths: tuple[int, ...]) -> list[Any]:
    rest = iter(flat)
    return [next(rest) if length < 0 else tuple(islice(rest, length)) for length in lengths]


def _maker(model: Any, names: list[str], using: str) -> Callable[[Any], Any]:
    """Return what turns the values of a row into the object: as Django does it, but for what no model here uses.

    Django sets each field by itself and tells its signals, to which no app here may listen (an architecture test).
    """
    is_usual = model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
    if not is_usual or len(names) != len(model._meta.concrete_fields):
        return lambda values: model.from_db(using, names, values)

    def make(values: Any) -> Any:
        one = model.__new__(model)
        one.__dict__.update(zip(names, values, strict=True))
        one._state = state = ModelState()
        state.adding, state.db = False, using
        return one

    return make


class _Statement:
    """A statement with the places of its arguments and how its rows become what the query set gives."""

    def __init__(self, found: QuerySet[Any], stand_ins: list[Any], kinds: list[str], plan_once: bool) -> None:
        if found._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise NotPreparable("a prepared read prefetches nothing")
        compiler: Any = found.query.get_compiler(connection=connection)
        self.sql, params = compiler.as_sql()
        # a member of an enumeration is sent as what it stands for: drivers are slow at telling that themselves
        self.params = [str(one.value) if isinstance(one, Enum) and isinstance(one, str) else one for one in params]
        self.kinds = kinds
        self.plan_once = plan_once
        self.senders = [_sender(kind) for kind in kinds]
        self.places = [(place, number) for place, param in enumerate(params)
                       for number, one in enumerate(stand_ins) if type(param) is type(one) and param == one]  # fmt: skip
        if {number for _place, number in self.places} != set(range(len(stand_ins))):
            raise NotPreparable("an argument is no value of the query")
        # the thread that builds it may end, and its connection with it; every other thread goes on with the statement
        compiler.connection = _unopened()
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
        made = _maker(about["model"], names, using)

        def row_of(row: Any) -> Any:
            one = made(row[first:end])
            for populator in populators:
                populator.populate(row, one)
            for name, column in annotations:
                setattr(one, name, row[column])
            return one

        return row_of

    def rows(self, database: Any, values: list[Any]) -> list[Any]:
        params, senders = self.params.copy(), self.senders
        for place, number in self.places:
            send, value = senders[number], values[number]
            params[place] = value if send is None else send(value)
        found, _count = database.kept(self.sql, params, plan_once=self.plan_once)
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        return [self.build(row) for row in found]


Query = Callable[..., QuerySet[Any, Any]]
Read = Callable[..., list[Any]]


@overload
def prepared(query: Query) -> Read: ...
@overload
def prepared(*, plan_once: bool) -> Callable[[Query], Read]: ...
def prepared(query: Query | None = None, *, plan_once: bool = False) -> Any:
    """Turn the function that builds a query set into one that reads it by a kept statement.

    plan_once: PostgreSQL plans it without values, once; else it decides by itself whether values are worth a look. For a
    statement of many parts, whose planning takes longer than its reading. Not for ranges of moments in a large table that
    are joined with others: these need the look.
    """
    if query is None:
        return functools.partial(prepared, plan_once=plan_once)
    statements: dict[tuple[str, tuple[int, ...]], _Statement] = {}  # the same for every thread

    @functools.wraps(query)
    def read(*values: Any) -> list[Any]:
        database: Any = connections[DEFAULT_DB_ALIAS]  # the proxy would be asked at every step
        if () in values:
            return list(query(*values))  # Django knows without the database that nothing is in nothing
        lengths = tuple([len(value) if isinstance(value, tuple) else -1 for value in values])
        flat = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
        kinds = [_kind(value) for value in flat]
        statement = statements.get((database.vendor, lengths))
        if statement is None:
            stand_ins = [_stand_in(kind, number) for number, kind in enumerate(kinds)]
            sent = [as_sent(one) for one in stand_ins]
            statement = _Statement(query(*_shaped(stand_ins, lengths)), sent, kinds, plan_once)
            statements[database.vendor, lengths] = statement
        if kinds != statement.kinds:
            raise NotPreparable("the arguments are of other kinds than at the first call")
        return statement.rows(database, flat)

    return read

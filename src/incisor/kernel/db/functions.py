"""Database functions of our own, the same on both databases."""

from typing import Any

from django.db.models import Aggregate, Func, IntegerField, TextField


class MinuteOf(Func):
    """The minute since 1970 of a moment: reading integers costs a fraction of reading thousands of datetimes."""

    output_field = IntegerField()

    # four signs: one pair is eaten by the template, the next by the parameters of the statement
    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / 60)", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # not EXTRACT: that reckons in numeric, several times as long
        return super().as_sql(
            compiler, connection, template="FLOOR(DATE_PART('epoch', %(expressions)s) / 60)::bigint", **extra
        )


class SpanOf(Func):
    """The text of the span between two moments, in minutes since 1970: "[10,20)"."""

    output_field = TextField()
    template = "'[' || %(expressions)s || ')'"
    arg_joiner = " || ',' || "

    def __init__(self, begin: str, end: str, **extra: Any) -> None:
        super().__init__(MinuteOf(begin), MinuteOf(end), **extra)


class Joined(Aggregate):
    """The texts of a group in one, in no order: a thousand rows read as ten."""

    output_field = TextField()
    template = "%(function)s(%(expressions)s, '')"
    function = "GROUP_CONCAT"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, function="STRING_AGG", **extra)

"""Rows into the database by the shortest way: COPY on PostgreSQL, prepared inserts on SQLite; indexes afterwards."""

import uuid
from datetime import date, datetime
from typing import Any

CHUNK = 5000


class Mould:
    """The rows of one table, given as an example row and the columns in which the others differ."""

    def __init__(self, connection: Any, example: Any, varying: list[str]) -> None:
        fields = list(example._meta.local_fields)
        self.table = example._meta.db_table
        self.columns = [field.column for field in fields]
        self.base = [_prepared(connection, field, example) for field in fields]
        self.places = [self.columns.index(name) for name in varying]
        self.waiting: list[list[Any]] = []

    def row(self, values: tuple[Any, ...]) -> list[Any]:
        made = self.base.copy()
        for place, value in zip(self.places, values, strict=True):
            made[place] = value
        return made


def _prepared(connection: Any, field: Any, row: Any) -> Any:
    value = field.get_db_prep_save(getattr(row, field.attname), connection=connection)
    return value.dumps(value.obj) if hasattr(value, "dumps") and hasattr(value, "obj") else value


class Writer:
    """Gathers rows by table and writes them in chunks; secondary indexes are dropped and made again at the end."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.used: list[Mould] = []
        self.sql: list[str] = []
        self.seen: set[str] = set()

    def __enter__(self) -> "Writer":
        cursor = self.connection.cursor()
        if self.connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, *problem: Any) -> None:
        for mould in self.used:
            if mould.waiting:
                self._write(mould)
        cursor = self.connection.cursor()
        if self.connection.vendor == "sqlite":
            for statement in self.sql:
                cursor.execute(statement)
            cursor.execute("COMMIT")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            return
        for statement in self.sql:
            cursor.execute(statement)

    def mould(self, example: Any, *varying: str) -> Mould:
        """Return a mould for rows like the example that differ in these columns."""
        made = Mould(self.connection, example, list(varying))
        self.used.append(made)
        return made

    def add(self, mould: Mould, *values: Any) -> None:
        mould.waiting.append(mould.row(values))
        if len(mould.waiting) >= CHUNK:
            self._write(mould)

    def settle(self) -> None:
        """Let the planner know what is there."""
        cursor = self.connection.cursor()
        if self.connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE")

    def _write(self, mould: Mould) -> None:
        rows, mould.waiting = mould.waiting, []
        if mould.table not in self.seen:
            self.seen.add(mould.table)
            self._drop_indexes(mould.table)
        columns = ", ".join(f'"{column}"' for column in mould.columns)
        if self.connection.vendor == "postgresql":
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f'COPY "{mould.table}" ({columns}) FROM STDIN') as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(mould.columns))
        self.connection.connection.executemany(f'INSERT INTO "{mould.table}" ({columns}) VALUES ({marks})', rows)

    def key(self, value: uuid.UUID) -> Any:
        """Return a key as this database stores it."""
        return value if self.connection.vendor == "postgresql" else value.hex

    def moment(self, value: datetime) -> Any:
        """Return a moment as this database stores it."""
        return self.connection.ops.adapt_datetimefield_value(value)

    def day(self, value: date) -> Any:
        """Return a day as this database stores it."""
        return self.connection.ops.adapt_datefield_value(value)

    def _drop_indexes(self, table: str) -> None:
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "sqlite":
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                    [table],
                )
                for name, sql in cursor.fetchall():
                    cursor.execute(f'DROP INDEX "{name}"')
                    self.sql.append(sql)
                return
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid), contype FROM pg_constraint "
                "WHERE conrelid = %s::regclass AND contype IN ('x', 'f')",
                [table],
            )
            for name, definition, _kind in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
                self.sql.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s "
                "AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
                [table, table],
            )
            for name, definition in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
                self.sql.insert(0, definition)

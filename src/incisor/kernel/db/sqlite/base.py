"""SQLite: BEGIN IMMEDIATE behind a fair gate, synchronous FULL, foreign keys on."""

import uuid
from functools import lru_cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.db.backends.sqlite3.operations import DatabaseOperations as SqliteOperations

from incisor.kernel.db.gate import Gate, GateClosed
from incisor.kernel.db.plain import is_plain


@lru_cache(maxsize=16_384)
def _uuid(text: str) -> uuid.UUID:
    # a UUID never changes, so the same one may stand in many rows; making one costs more than reading its row
    return uuid.UUID(text)


@lru_cache(maxsize=1024)
def _as_the_driver_reads(sql: str) -> str:
    return FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")


class DatabaseOperations(SqliteOperations):
    """Django's own, with ids made once."""

    def convert_uuidfield_value(self, value: str | None, expression: Any, connection: Any) -> uuid.UUID | None:
        return None if value is None else _uuid(value)


class DatabaseWrapper(SqliteWrapper):
    """Django's SQLite back end with the write gate."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate: Gate | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db():
            path = f"{self.settings_dict['NAME']}.gate"
            if self._gate is None or self._gate.path != path:
                self._gate = Gate(path)
            try:
                self._gate.enter()
            except GateClosed as failure:
                raise OperationalError("database is locked by another process") from failure
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # same
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # same
        finally:
            self._leave()

    def close(self) -> None:
        super().close()
        if self.connection is None:
            self._leave()

    def kept(self, sql: str, params: list[Any], *, plan_once: bool = False) -> tuple[list[Any], int]:
        """Send a kept statement and return its rows and how many it touched. The driver keeps it by its text, planned."""
        if self.connection is None or not is_plain(self):
            with self.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall(), cursor.rowcount
        with self.wrap_database_errors:
            cursor = self.connection.execute(_as_the_driver_reads(sql), params)
            return cursor.fetchall(), cursor.rowcount

    def _leave(self) -> None:
        if self._gate is not None:
            self._gate.leave()

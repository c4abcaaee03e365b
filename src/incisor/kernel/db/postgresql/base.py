"""PostgreSQL: every statement runs in the schema of the organisation that the caller entered."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.pq import TransactionStatus

from incisor.kernel import organisation
from incisor.kernel.db.plain import is_plain

# to start a helper process, or to compile, takes longer than a whole answer of the desk's
SHORT_READS = "SET max_parallel_workers_per_gather = 0; SET jit = off"
MOST_PREPARED = 500  # statements that one connection keeps


class KeepingCursor(ServerBindingCursor):
    """Sends a statement once and after that its name and its values only."""

    def execute(self, query: Any, params: Any = None) -> Any:
        return super().execute(query, params, prepare=True)  # type: ignore[misc]  # psycopg's


def _answer(cursor: Any) -> tuple[list[Any], int]:
    # the cursor's own description would make an object of each column
    return (cursor.fetchall() if cursor.pgresult.nfields else []), cursor.rowcount


class DatabaseWrapper(PostgresWrapper):
    """Django's PostgreSQL back end that follows the organisation context by search_path.

    A kept statement (`incisor.kernel.db.prepared`) stays on the server. It follows the search_path of the moment: the
    server looks its tables up anew when that was changed.
    """

    keeps = False

    def create_cursor(self, name: str | None = None) -> Any:
        if self.alias == "default" and not getattr(self, "incisor_no_organisation", False):
            self._follow_organisation()
        if not self.keeps:
            return super().create_cursor(name)
        raw = self.connection
        raw.prepared_max, usual, raw.cursor_factory = MOST_PREPARED, raw.cursor_factory, KeepingCursor
        try:
            return super().create_cursor(name)
        finally:
            raw.cursor_factory = usual

    def kept(self, sql: str, params: list[Any], *, plan_once: bool = False) -> tuple[list[Any], int]:
        """Send a kept statement and return its rows and how many it touched.

        By the connection's own cursor where nobody listens to statements: to make one costs as much as to use it.
        plan_once: the plan without values is as good as any, and the server is not to make a new one for each values.
        """
        raw = self.connection
        if raw is None or not is_plain(self):
            with self._cursor_that_keeps(self.cursor) as listened:
                listened.execute(sql, params)
                return _answer(listened)
        with self.wrap_database_errors:
            self._follow_organisation()
            cursor = getattr(raw, "incisor_cursor", None)
            if cursor is None:
                cursor = raw.incisor_cursor = self._cursor_that_keeps(self.create_cursor)
            # before the BEGIN that comes with the first statement of a transaction, a later ROLLBACK would not take it back
            if not plan_once or not (raw.autocommit or raw.pgconn.transaction_status == TransactionStatus.INTRANS):
                return _answer(cursor.execute(sql, params))
            raw.pgconn.exec_(b"SET plan_cache_mode = force_generic_plan")
            try:
                return _answer(cursor.execute(sql, params))
            finally:
                raw.pgconn.exec_(b"SET plan_cache_mode = auto")

    def _cursor_that_keeps(self, make: Callable[[], Any]) -> Any:
        self.keeps = True
        try:
            return make()
        finally:
            self.keeps = False

    def prepare_database(self) -> None:
        """Make the organisation's schema before its first migration; extensions live in public."""
        super().prepare_database()
        with self.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{organisation.current()}"')
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit and self.alias == "default" and not getattr(self, "incisor_no_organisation", False):
            with suppress(organisation.NoOrganisation):
                self._follow_organisation()  # a transaction may be the first thing that a new connection does
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # not in the stubs

    def _follow_organisation(self) -> None:
        wanted = organisation.current()
        raw = self.connection
        if getattr(raw, "incisor_schema", None) == wanted:
            return
        if self.in_atomic_block:
            raise organisation.ChangedInTransaction(wanted)
        if not hasattr(raw, "incisor_schema"):
            raw.execute(SHORT_READS)
        # psycopg sends this as its own statement in autocommit mode: it stays for the connection
        raw.execute(f'SET search_path TO "{wanted}", public')
        raw.incisor_schema = wanted

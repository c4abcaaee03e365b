"""PostgreSQL: every statement runs in the schema of the organisation that the caller entered."""

from contextlib import suppress
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.base import ServerBindingCursor

from incisor.kernel import organisation

MOST_PREPARED = 500  # statements that one connection keeps


class PreparingCursor(ServerBindingCursor):
    """Sends a statement once and after that its name and its values only: the server plans it once."""

    def execute(self, query: Any, params: Any = None) -> Any:
        return super().execute(query, params, prepare=True)  # type: ignore[misc]  # psycopg's


class DatabaseWrapper(PostgresWrapper):
    """Django's PostgreSQL back end that follows the organisation context by search_path.

    prepares: the next cursor keeps its statement on the server (`incisor.kernel.db.prepared`). A statement follows the
    search_path of the moment: the server looks its tables up anew when that was changed.
    """

    prepares = False

    def create_cursor(self, name: str | None = None) -> Any:
        if self.alias == "default" and not getattr(self, "incisor_no_organisation", False):
            self._follow_organisation()
        if not self.prepares:
            return super().create_cursor(name)
        raw = self.connection
        raw.prepared_max, usual, raw.cursor_factory = MOST_PREPARED, raw.cursor_factory, PreparingCursor
        try:
            return super().create_cursor(name)
        finally:
            raw.cursor_factory = usual

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
        # psycopg sends this as its own statement in autocommit mode: it stays for the connection
        raw.execute(f'SET search_path TO "{wanted}", public')
        raw.incisor_schema = wanted

"""PostgreSQL: every statement runs in the schema of the organisation that the caller entered."""

from contextlib import suppress
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from incisor.kernel import organisation


class DatabaseWrapper(PostgresWrapper):
    """Django's PostgreSQL back end that follows the organisation context by search_path."""

    def create_cursor(self, name: str | None = None) -> Any:
        if self.alias == "default" and not getattr(self, "incisor_no_organisation", False):
            self._follow_organisation()
        return super().create_cursor(name)

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

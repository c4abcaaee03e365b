"""Making many tables quickly.

Django draws up every model anew after each table that a migration makes, and all of them hang together by their keys: for a new
database that is nearly all of the time. Here the tables that a migration makes one after the other are drawn up once.
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations import CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation


class CreateModels(Operation):
    """Several tables, made one after the other, of which the last state is drawn up once."""

    reversible = False  # only the way forward is taken in one step

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # drawn up again when somebody asks
        for one in self.models:
            one.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for one in self.models:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return ", ".join(one.describe() for one in self.models)


def together(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations with the tables that are made one after the other as one step."""
    found: list[Operation] = []
    for one in operations:
        if not isinstance(one, CreateModel):
            found.append(one)
        elif found and isinstance(found[-1], CreateModels):
            found[-1].models.append(one)
        else:
            found.append(CreateModels([one]))
    return found


class QuickExecutor(MigrationExecutor):
    """Applies migrations as Django does."""

    def apply_migration(self, state: Any, migration: Migration, *words: Any, **more: Any) -> Any:
        migration.operations = together(migration.operations)  # type: ignore[misc]
        return super().apply_migration(state, migration, *words, **more)

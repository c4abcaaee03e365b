"""Django's `migrate`, which makes the many tables of a new database in a quarter of the time."""

from django.core.management.commands import migrate

from incisor.kernel.db.migrating import QuickExecutor

migrate.MigrationExecutor = QuickExecutor  # type: ignore[attr-defined]  # where the command finds it


class Command(migrate.Command):
    pass

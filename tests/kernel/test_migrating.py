"""Tables that are made one after the other are drawn up once; what comes out is what Django makes."""

from django.apps import apps
from django.core.management import get_commands
from django.db import connection
from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from incisor.kernel.db.migrating import together


def test_runs_of_tables_become_one_step():
    one, two, three = (CreateModel(name, []) for name in ("One", "Two", "Three"))
    other = RunSQL("SELECT 1")

    found = together([one, two, other, three])

    assert [getattr(step, "models", step) for step in found] == [[one, two], other, [three]]


def test_state_is_the_same():
    loader = MigrationLoader(None)
    plain, quick = ProjectState(), ProjectState()
    quick.apps  # noqa: B018 -- drawn up: it has to be thrown away
    for key in loader.graph.iterative_dfs(loader.graph.node_map["reception", "0001_initial"]):
        migration = loader.graph.nodes[key]
        for step in migration.operations:
            step.state_forwards(migration.app_label, plain)
        for step in together(migration.operations):
            step.state_forwards(migration.app_label, quick)

    assert quick.models == plain.models
    assert {one._meta.label for one in quick.apps.get_models()} == {one._meta.label for one in plain.apps.get_models()}


def test_tables_are_there_with_all_columns(db):
    assert get_commands()["migrate"] == "incisor.kernel"
    with connection.cursor() as cursor:
        for model in apps.get_models():
            columns = {one.name for one in connection.introspection.get_table_description(cursor, model._meta.db_table)}
            assert columns == {field.column for field in model._meta.local_concrete_fields}, model

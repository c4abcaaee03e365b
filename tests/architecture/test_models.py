"""What holds for every table: keys, foreign keys, constraints, no hidden order."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from incisor.kernel.ids import uuid7
from incisor.kernel.models import Row
from tests.architecture.code import FLOOR, assert_none

Model = type[models.Model]


def own_models() -> list[Model]:
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("incisor.")
        for model in config.get_models(include_auto_created=True)
    ]


def app_of(model: Model) -> str:
    return str(model._meta.app_label)


def key_is_a_uuid_of_ours(model: Model) -> Iterator[str]:
    key = model._meta.pk
    if not isinstance(key, models.UUIDField) or key.default is not uuid7:
        yield f"{model._meta.label}.{key.name} is no UUIDv7 made in Python"
    for field in model._meta.local_fields:
        if isinstance(field, models.AutoField | models.BigAutoField | models.SmallAutoField):
            yield f"{model._meta.label}.{field.name} is counted by the database"


def foreign_keys_protect_and_point_down(model: Model) -> Iterator[str]:
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        other: Any = field.remote_field.model
        name = f"{model._meta.label}.{field.name}"
        if app_of(other) == app_of(model):
            continue
        if field.remote_field.on_delete is not models.PROTECT:
            yield f"{name}: on_delete=PROTECT between apps"
        if not (field.remote_field.related_name or "").endswith("+"):
            yield f'{name}: related_name="+" between apps'
        if FLOOR[app_of(other)] <= FLOOR[app_of(model)]:
            yield f"{name}: the upper app holds the foreign key"


def no_hidden_tables(model: Model) -> Iterator[str]:
    for field in model._meta.local_many_to_many:
        if field.remote_field.through._meta.auto_created:  # type: ignore[union-attr]
            yield f"{model._meta.label}.{field.name}: many-to-many through a model of ours"


def no_hidden_order(model: Model) -> Iterator[str]:
    if model._meta.ordering:
        yield f"{model._meta.label}: Meta.ordering"


def choices_are_constraints(model: Model) -> Iterator[str]:
    conditions = " ".join(
        str(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    )
    for field in model._meta.local_fields:
        if field.choices and f"'{field.name}__in'" not in conditions:
            yield f"{model._meta.label}.{field.name}: its choices are no constraint"


def constraints_have_readable_names(model: Model) -> Iterator[str]:
    for constraint in model._meta.constraints:
        if len(constraint.name.split("_")) < 3 or constraint.name != constraint.name.lower():
            yield f"{model._meta.label}: constraint {constraint.name!r} does not say what holds"


def money_is_whole(model: Model) -> Iterator[str]:
    for field in model._meta.local_fields:
        if isinstance(field, models.FloatField | models.DecimalField):
            yield f"{model._meta.label}.{field.name}: {type(field).__name__}; whole units, their name says which"
        if field.name.endswith("_minor") and not isinstance(field, models.IntegerField):
            yield f"{model._meta.label}.{field.name} is no integer"


RULES = (
    key_is_a_uuid_of_ours,
    foreign_keys_protect_and_point_down,
    no_hidden_tables,
    no_hidden_order,
    choices_are_constraints,
    constraints_have_readable_names,
    money_is_whole,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: Any) -> None:
    assert_none(line for model in own_models() for line in rule(model))


def test_constraint_names_are_unique() -> None:
    names = [constraint.name for model in own_models() for constraint in model._meta.constraints]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_app_with_numbered_keys_is_installed() -> None:
    installed = {config.name for config in apps.get_app_configs()}

    assert installed & {f"django.contrib.{name}" for name in ("auth", "admin", "contenttypes", "sites")} == set()


@isolate_apps("incisor.audit", "incisor.accounts", "incisor.clinics", "incisor.staff")
def broken() -> dict[Any, Model]:
    """Return for each rule a model that breaks it."""

    class Numbered(models.Model):
        class Meta:
            app_label = "clinics"

    class Lower(Row):
        class Meta:
            app_label = "clinics"

    class Upward(Row):
        target = models.ForeignKey("staff.Upper", on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "clinics"

    class Upper(Row):
        lowers = models.ManyToManyField(Lower)
        state = models.CharField(max_length=3, choices=[("a", "A")])
        price = models.DecimalField(max_digits=8, decimal_places=2)

        class Meta:
            app_label = "staff"
            ordering = ["state"]
            constraints = [models.UniqueConstraint(fields=["state"], name="unique1")]

    return {
        key_is_a_uuid_of_ours: Numbered,
        foreign_keys_protect_and_point_down: Upward,
        no_hidden_tables: Upper,
        no_hidden_order: Upper,
        choices_are_constraints: Upper,
        constraints_have_readable_names: Upper,
        money_is_whole: Upper,
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_reports_what_breaks_it(rule: Any) -> None:
    assert list(rule(broken()[rule])) != []


@isolate_apps("incisor.clinics", "incisor.staff")
def test_foreign_key_that_cascades_or_shows_is_reported() -> None:
    class Place(Row):
        class Meta:
            app_label = "clinics"

    class Cascading(Row):
        place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "staff"

    class Shown(Row):
        place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="people")

        class Meta:
            app_label = "staff"

    assert list(foreign_keys_protect_and_point_down(Cascading)) == [
        "staff.Cascading.place: on_delete=PROTECT between apps"
    ]
    assert list(foreign_keys_protect_and_point_down(Shown)) == ['staff.Shown.place: related_name="+" between apps']

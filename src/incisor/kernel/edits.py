"""Changing a row that people edit: locked, compared with the version they saw, before and after kept for the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from incisor.kernel.db.constraints import violated_constraint
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused

M = TypeVar("M", bound=models.Model)
Values = dict[str, Any]


def locked(row: M, *, version: int | None = None) -> M:
    """Return the row as it is now, locked until the transaction ends.

    version: what the person saw; None where nobody looked. Raises NotFound, ChangedMeanwhile.
    """
    manager = type(row)._default_manager
    fresh = manager.select_for_update().filter(pk=row.pk).first()
    if fresh is None:
        raise NotFound(_("This no longer exists. Somebody removed it meanwhile."))
    if version is not None and fresh.version != version:  # type: ignore[attr-defined]
        raise ChangedMeanwhile(
            _("Somebody else changed this while you were typing. Open it again, look at the change, then enter yours.")
        )
    return fresh


def change(row: models.Model, values: Values) -> tuple[Values, Values]:
    """Write the values that differ and count the version up. Return what the fields held before and hold after."""
    before = {name: plain(getattr(row, name)) for name in values}
    after = {name: plain(value) for name, value in values.items()}
    if before == after:
        return before, after
    for name, value in values.items():
        setattr(row, name, value)
    fields = list(values)
    if hasattr(row, "version"):
        row.version += 1
        fields.append("version")
    row.save(update_fields=fields)
    return before, after


def plain(value: Any) -> Any:
    """Return a value as the audit keeps it."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (date, datetime, time, UUID)):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    return value


@contextmanager
def refusing(refusals: dict[str, Refused]) -> Iterator[None]:
    """Raise the refusal that belongs to the constraint which the block broke; anything else stays an error."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as failure:
        refusal = refusals.get(_constraint_name(violated_constraint(failure)))
        if refusal is None:
            raise
        raise refusal from failure


def _constraint_name(violated: str) -> str:
    """Return the constraint's name; SQLite tells "table.column, table.column" of a unique one instead."""
    if "." not in violated:
        return violated
    columns = frozenset(violated.split(", "))
    for model in apps.get_models():
        meta = model._meta
        for constraint in meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and columns == {
                f"{meta.db_table}.{getattr(meta.get_field(name), 'column', '')}" for name in constraint.fields
            }:
                return constraint.name
    return violated

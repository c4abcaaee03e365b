"""What hangs on a file: rows of any app that point at it."""

import uuid
from collections.abc import Collection

from django.db.models import ForeignKey

from incisor.patients.models import Patient, SearchKey


def with_rows(ids: Collection[uuid.UUID], *, but: Collection[type] = ()) -> set[uuid.UUID]:
    """Return those of the patients to whom any row of any app points, their search keys and `but` left aside."""
    found: set[uuid.UUID] = set()
    for relation in Patient._meta.get_fields(include_hidden=True):
        key = getattr(relation, "field", None)
        if not relation.auto_created or relation.concrete or not isinstance(key, ForeignKey):
            continue
        model = key.model
        if model is SearchKey or model in but:
            continue
        rows = model._base_manager.filter(**{f"{key.name}__in": list(ids)})
        found |= set(rows.values_list(key.attname, flat=True))
    return found

"""What hangs on a file: every foreign key of any app that points at a patient, found by looking at the tables."""

import uuid
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import ForeignKey, QuerySet

from incisor.patients.hooks import MergePart, merge_parts
from incisor.patients.models import DuplicatePair, FileLook, Patient, SearchKey

# Traces of the desk's own work: they come and go with the file and are no reason to keep one.
TRACES = (SearchKey, DuplicatePair, FileLook)
# What stays with each file when two are merged: its history is read from both, the pointers are the merge itself, and the
# search keys are written anew.
STAYS = frozenset(
    {
        "patients.SearchKey.patient",
        "patients.PatientChange.patient",
        "patients.DuplicatePair.one",
        "patients.DuplicatePair.other",
        "patients.FileLook.patient",
        "patients.Merge.kept",
        "patients.Merge.lesser",
        "patients.Patient.merged_into",
    }
)


# Foreign keys by which a file names another file or another person's row, not its own.
POINTERS = frozenset(
    {"patients.Patient.referrer", "patients.Patient.merged_into", "patients.FamilyLink.relative", "patients.Merge.kept",
     "patients.Merge.lesser"}
)  # fmt: skip


def key_of(field: ForeignKey[Any, Any]) -> str:
    """Return the name by which a foreign key is known: "scheduling.Appointment.patient"."""
    return f"{field.model._meta.app_label}.{field.model.__name__}.{field.name}"


def patient_keys() -> Iterator[ForeignKey[Any, Any]]:
    """Yield every foreign key to Patient, of all apps, by name."""
    found: list[Any] = [
        relation.field  # type: ignore[union-attr]
        for relation in Patient._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and isinstance(getattr(relation, "field", None), ForeignKey)
    ]
    yield from sorted({key_of(field): field for field in found}.values(), key=key_of)


def part_of(key: str) -> MergePart | None:
    """Return the part that answers for that foreign key, None for nobody."""
    return next((part for part in merge_parts if key in part.fields), None)


def unknown_keys() -> list[str]:
    """Return the foreign keys to Patient that no part knows: an architecture test wants none."""
    keys = {key_of(field) for field in patient_keys()}
    return sorted(key for key in keys if key not in STAYS and part_of(key) is None)


def with_rows(ids: Collection[uuid.UUID], *, but: Collection[type] = ()) -> set[uuid.UUID]:
    """Return those of the patients to whom any row of any app points, traces of the desk and `but` left aside."""
    found: set[uuid.UUID] = set()
    for field in patient_keys():
        if field.model in TRACES or field.model in but:
            continue
        rows = field.model._base_manager.filter(**{f"{field.name}__in": list(ids)})
        found |= set(rows.values_list(field.attname, flat=True))
    return found - {None}


def rows_of(ids: Collection[uuid.UUID], *, but: Collection[type] = TRACES) -> Iterator[QuerySet[Any]]:
    """Yield, table by table, the rows that belong to the patients: those that point at them, and those that point at these
    (the lines of a bill, the note of a visit). Each table comes once; rows that only name who did it are not followed."""
    found: dict[Any, set[Any]] = {}
    for field in patient_keys():
        if field.model not in but and key_of(field) not in POINTERS:
            rows = field.model._base_manager.filter(**{f"{field.attname}__in": list(ids)})
            found.setdefault(field.model, set()).update(rows.values_list("pk", flat=True))
    last = dict(found)
    while last:
        fresh: dict[Any, set[Any]] = {}
        for model, keys in last.items():
            for field in keys_to(model):
                if not keys or field.model in found or field.model in but or field.model is Patient:
                    continue
                rows = field.model._base_manager.filter(**{f"{field.attname}__in": list(keys)})
                fresh.setdefault(field.model, set()).update(rows.values_list("pk", flat=True))
        found |= fresh
        last = fresh
    for model in sorted(found, key=lambda one: str(one._meta.label)):
        if found[model]:
            yield model._base_manager.filter(pk__in=found[model]).order_by("pk")


def keys_to(model: Any) -> Iterator[ForeignKey[Any, Any]]:
    """Yield every foreign key of any table to that one, but its own."""
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if (
            relation.auto_created
            and not relation.concrete
            and isinstance(field, ForeignKey)
            and field.model is not model
        ):
            yield field

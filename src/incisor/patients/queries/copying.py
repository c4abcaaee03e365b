"""One person's own copy of the data: readable for people, and whole for machines."""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey
from django.utils.formats import date_format

from incisor.clinics.models import Clinic
from incisor.kernel import clock
from incisor.patients.enums import FIELD_LABELS
from incisor.patients.hooks import data_parts
from incisor.patients.models import Patient
from incisor.patients.queries.attached import rows_of
from incisor.patients.queries.files import choice_words
from incisor.patients.queries.merging import merged_files
from incisor.patients.rules.texts import as_text

FORMAT = "incisor-person-1"
NOT_TOLD = frozenset({"phone_index", "id_index", "version", "import_batch"})


@dataclass(frozen=True)
class Section:
    """A table of the readable copy."""

    label: str
    headings: list[str]
    rows: list[list[str]]


def identity_of(patient: Patient) -> list[tuple[str, str]]:
    """Return the fields of the file itself, whole, with their labels."""
    columns = {field.name for field in Patient._meta.concrete_fields}
    return [
        (str(label), choice_words(field, as_text(getattr(patient, field))))
        for field, label in FIELD_LABELS.items()
        if field in columns and as_text(getattr(patient, field)) not in ("", "[]")
    ]


def sections_of(clinic: Clinic, patient: Patient) -> list[Section]:
    """Return the readable copy: what hangs on the file and on those merged into it, table by table."""
    ids = [patient.pk, *(one.pk for one in merged_files(patient))]
    found = []
    for part in data_parts:
        model = apps.get_model(part.model)
        rows = model._base_manager.filter(**{f"{part.path}__in": ids}).order_by("pk")
        shown = [[_cell(clinic, row, name) for name, _label in part.columns] for row in rows]
        if shown:
            found.append(Section(str(part.label), [str(label) for _name, label in part.columns], shown))
    return found


def _cell(clinic: Clinic, row: Any, path: str) -> str:
    """Return a value of a row in words: choices by their label, moments by the clinic's clock, fen as yuan."""
    *through, name = path.split("__")
    for step in through:
        row = getattr(row, step, None)
    if row is None:
        return ""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display is not None else getattr(row, name)
    if isinstance(value, datetime):
        return date_format(clock.local(value, clinic.zone), "Y-m-d H:i")
    if name.endswith("_minor"):
        return f"{value / 100:.2f}"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return as_text(value)


def everything_of(clinic: Clinic, patient: Patient, at: datetime) -> dict[str, Any]:
    """Return the whole copy as plain values: every column of every row that belongs to the person, of every app."""
    files = [patient, *merged_files(patient)]
    tables = {
        rows.model._meta.label: [_plain_row(row) for row in rows.select_related(*_names(rows.model))]
        for rows in rows_of([one.pk for one in files])
    }
    return {
        "format": FORMAT,
        "clinic": {"code": clinic.code, "name": clinic.name},
        "made_at": at.isoformat(),
        "files": [_plain_row(one) for one in files],
        "tables": tables,
    }


def _names(model: Any) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _plain_row(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in NOT_TOLD:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, ForeignKey):
            target = getattr(row, field.name)
            name = getattr(target, "name", None) or getattr(target, "name_zh", None)
            found[field.name] = {"id": str(value), **({"name": name} if name else {})} if value else None
        else:
            found[field.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value

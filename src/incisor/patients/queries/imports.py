"""Reading imports."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.enums import BatchStatus, RowOutcome
from incisor.patients.models import ImportBatch, ImportRow
from incisor.patients.rules.columns import column_letter

SAMPLES = 5


def import_batch(clinic: Clinic, batch_id: Any) -> ImportBatch:
    """Return the clinic's batch. Raises NotFound."""
    found = (
        ImportBatch.objects.filter(clinic=clinic, pk=as_uuid(batch_id)).select_related("created_by", "clinic").first()
    )
    if found is None:
        raise NotFound()
    return found


def import_batches(clinic: Clinic) -> QuerySet[ImportBatch]:
    """Return the clinic's imports, newest first."""
    return ImportBatch.objects.filter(clinic=clinic).select_related("created_by").order_by("-created_at", "-pk")


def running_imports() -> list[ImportBatch]:
    """Return the batches of all clinics that are being written or taken back, oldest first."""
    running = ImportBatch.objects.filter(status__in=[BatchStatus.RUNNING, BatchStatus.REVERSING])
    return list(running.select_related("created_by", "clinic").order_by("created_at", "pk"))


def earlier_import(batch: ImportBatch) -> ImportBatch | None:
    """Return the last batch that wrote the very same file."""
    same = ImportBatch.objects.filter(clinic_id=batch.clinic_id, kind=batch.kind, content_hash=batch.content_hash)
    return same.filter(status=BatchStatus.DONE).exclude(pk=batch.pk).order_by("-created_at").first()


def planned_counts(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows would do what; "wrong" for those that cannot be taken."""
    counts = dict(batch.rows.filter(is_wrong=False).values_list("planned").annotate(count=Count("pk")))
    return {
        "total": sum(counts.values()),
        "created": counts.get(RowOutcome.CREATED, 0),
        "updated": counts.get(RowOutcome.UPDATED, 0),
        "unchanged": counts.get(RowOutcome.UNCHANGED, 0),
        "wrong": batch.refused_count,
    }


@dataclass(frozen=True)
class WrongCell:
    """A cell that is wrong, as the person finds it in the file."""

    row: int
    column: str
    heading: str
    value: str
    what: str
    to_do: str


def wrong_rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Return the rows with problems, in the order of the file."""
    return batch.rows.filter(is_wrong=True).order_by("number")


def wrong_cells(batch: ImportBatch, rows: list[ImportRow]) -> list[WrongCell]:
    """Return every wrong cell of those rows."""
    headings = batch.mapping["headings"]
    found = []
    for row in rows:
        values = json.loads(row.values)
        for problem in row.problems:
            index = problem["column"]
            is_cell = 0 <= index < len(headings)
            found.append(
                WrongCell(
                    row=row.number,
                    column=column_letter(index) if is_cell else "",
                    heading=headings[index] if is_cell else "",
                    value=values[index].rstrip("\x00") if is_cell and index < len(values) else "",
                    what=problem["what"],
                    to_do=problem["to_do"],
                )
            )
    return found


def kept_rows(batch: ImportBatch) -> list[ImportRow]:
    """Return the rows that taking the import back left alone, with the reason."""
    return list(batch.rows.filter(outcome=RowOutcome.KEPT).order_by("number"))


@dataclass(frozen=True)
class Column:
    """A column of the file: its letter, heading, the field it means ("" for none), first values."""

    index: int
    letter: str
    heading: str
    field: str
    samples: list[str]


def columns(batch: ImportBatch) -> list[Column]:
    """Return the columns of the file with first values."""
    first = [json.loads(row.values) for row in batch.rows.order_by("number")[:SAMPLES]]
    return [
        Column(
            index=index,
            letter=column_letter(index),
            heading=heading,
            field=field,
            samples=[row[index].rstrip("\x00")[:40] for row in first if index < len(row) and row[index]][:3],
        )
        for index, (heading, field) in enumerate(zip(batch.mapping["headings"], batch.mapping["columns"], strict=True))
    ]

"""Imports: a file is read, checked, shown; written in portions once confirmed; taken back as a whole (PAT-11).

A portion is one transaction. Whoever drives (the open page, the worker, the command line) calls run_import until the batch
is no longer running; a process that is killed loses at most its portion, and the next one goes on from there.
"""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from incisor.accounts.access import action, require
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.enums import BatchStatus, RowOutcome
from incisor.patients.hooks import CheckedRow, ImportKind, WrittenRow, import_kinds
from incisor.patients.models import ColumnMemory, ImportBatch, ImportRow
from incisor.patients.rules.columns import header_row, heading_key
from incisor.patients.rules.sheets import read_sheet
from incisor.patients.services._import_reading import (
    fitting,
    known_headings,
    layout_of,
    mapping,
    places,
    reader,
    remembered_as,
)

PORTION = 500
INSERT = 1000


class WrongStep(Refused):
    """The batch is not at the point where this can be done."""

    code = "wrong_step"


def _kind(key: str, by: User, clinic_id: uuid.UUID) -> ImportKind:
    for kind in import_kinds:
        if kind.key == key:
            if kind.permission is not None:
                require(by, kind.permission, clinic_id)
            return kind
    raise NotFound()


@action(Permission.PATIENT_IMPORT)
def upload_import(*, by: User, clinic: Clinic, kind: str, file_name: str, content: bytes, at: datetime) -> ImportBatch:
    """Read a file and check every row; nothing is written to patients yet. Raises UnreadableSheet."""
    chosen = _kind(kind, by, clinic.pk)
    table = read_sheet(content, file_name=file_name)
    header = header_row(table, known_headings(clinic, chosen))
    headings = table[header]
    width = max(len(row) for row in table[header:])
    headings = [heading.rstrip("\x00") for heading in headings] + [""] * (width - len(headings))
    batch = ImportBatch.objects.create(
        clinic=clinic,
        kind=kind,
        file_name=file_name[-120:],
        content_hash=hashlib.sha256(content).hexdigest(),
        status=BatchStatus.CHECKED,
        mapping=mapping(clinic, chosen, headings, header, fitting(chosen, headings)),
        created_by=by,
        created_at=at,
    )
    cells = [(header + 2 + offset, row) for offset, row in enumerate(table[header + 1 :]) if any(row)]
    _check(batch, chosen, clinic, cells, at)
    record("import.checked", subject=batch, after={"kind": kind, "file": batch.file_name, "rows": batch.row_count})
    return batch


@action(Permission.PATIENT_IMPORT)
def choose_layout(*, by: User, batch: ImportBatch, layout: str, at: datetime) -> ImportBatch:
    """Say which program wrote the table ("" for any other), and check every row again."""
    locked = _locked(batch, {BatchStatus.CHECKED})
    kind = _kind(locked.kind, by, locked.clinic_id)
    old = locked.mapping
    locked.mapping = mapping(locked.clinic, kind, old["headings"], old["header"], layout_of(kind, layout))
    _check_again(locked, kind, at)
    return locked


@action(Permission.PATIENT_IMPORT)
def map_columns(*, by: User, batch: ImportBatch, columns: list[str], at: datetime) -> ImportBatch:
    """Say anew which column is which field ("" for none), and check every row again."""
    locked = _locked(batch, {BatchStatus.CHECKED})
    kind = _kind(locked.kind, by, locked.clinic_id)
    allowed = {field.key for field in kind.fields}
    width = len(locked.mapping["headings"])
    chosen = [field if field in allowed else "" for field in columns[:width]] + [""] * (width - len(columns))
    named = [field for field in chosen if field]
    layout = layout_of(kind, locked.mapping.get("layout", ""))
    joined = layout.joins if layout else {}
    double = next((field for field in named if named.count(field) > 1 and field not in joined), None)
    if double is not None:
        label = next(field.label for field in kind.fields if field.key == double)
        raise WrongStep(
            _("Two columns are “%(field)s”. Choose one of them and “leave out” for the other.") % {"field": label},
            code="column_twice",
        )
    locked.mapping = {**locked.mapping, "columns": chosen}
    _check_again(locked, kind, at)
    return locked


def _check_again(batch: ImportBatch, kind: ImportKind, at: datetime) -> None:
    cells = [(row.number, json.loads(row.values)) for row in batch.rows.order_by("number")]
    batch.rows.all().delete()
    _check(batch, kind, batch.clinic, cells, at)


def _check(
    batch: ImportBatch, kind: ImportKind, clinic: Clinic, cells: list[tuple[int, list[str]]], at: datetime
) -> None:
    """Check all rows and keep them with what is wrong and what they would do."""
    columns = batch.mapping["columns"]
    read = reader(batch, kind)
    rows = [read(number, row) for number, row in cells]
    layout = layout_of(kind, batch.mapping.get("layout", ""))
    given = {*columns, *(layout.fixed if layout else ())}
    missing = [field for field in kind.fields if field.is_required and field.key not in given]
    if not missing:
        kind.check(clinic, rows, at)
    place = places(columns)
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                batch=batch,
                number=row.number,
                values=json.dumps(texts, ensure_ascii=False),
                problems=_problems(row, place),
                is_wrong=bool(row.problems),
                planned=row.planned if not row.problems else "",
            )
            for row, (_number, texts) in zip(rows, cells, strict=True)
        ),
        batch_size=INSERT,
    )
    batch.row_count = len(rows)
    batch.refused_count = sum(1 for row in rows if row.problems)
    batch.problem = (
        _("No column is chosen for: %(fields)s.") % {"fields": "、".join(str(field.label) for field in missing)}
        if missing
        else ""
    )
    batch.save(update_fields=["mapping", "row_count", "refused_count", "problem"])


def _problems(row: CheckedRow, place: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"field": problem.field, "column": place.get(problem.field, -1), "what": problem.what, "to_do": problem.to_do}
        for problem in row.problems
    ]


def _locked(batch: ImportBatch, allowed: set[str]) -> ImportBatch:
    """Return the batch with its row locked. Raises WrongStep when it is not in one of those states."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("clinic", "created_by").get(pk=batch.pk)
    if locked.status not in allowed:
        raise WrongStep(
            _("This import is “%(status)s” by now; load the page again.") % {"status": locked.get_status_display()}
        )
    return locked


@action(Permission.PATIENT_IMPORT)
def confirm_import(*, by: User, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Begin to write the rows that are in order; also goes on with a batch that failed. Columns are remembered."""
    locked = _locked(batch, {BatchStatus.CHECKED, BatchStatus.FAILED})
    _kind(locked.kind, by, locked.clinic_id)
    if locked.problem and locked.status == BatchStatus.CHECKED:
        raise WrongStep(locked.problem, code="column_missing")
    wrong = locked.rows.filter(is_wrong=True, outcome="").update(outcome=RowOutcome.REFUSED)
    locked.status, locked.problem = BatchStatus.RUNNING, ""
    locked.done_count += wrong
    locked.save(update_fields=["status", "problem", "done_count"])
    remembered = remembered_as(locked.kind, locked.mapping.get("layout", ""))
    for heading, field in zip(locked.mapping["headings"], locked.mapping["columns"], strict=True):
        key = heading_key(heading)
        if key:
            ColumnMemory.objects.update_or_create(
                clinic=locked.clinic, kind=remembered, heading=key, defaults={"field": field}
            )
    record("import.confirmed", subject=locked, after={"file": locked.file_name, "rows": locked.row_count - wrong})
    return locked


@action(Permission.PATIENT_IMPORT)
def run_import(*, by: User, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Write, or take back, the next portion of a batch that is running; call it until the batch is no longer so.

    Safe to call from several places at once. A batch that does not run is returned as it is.
    """
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("clinic", "created_by").get(pk=batch.pk)
    if locked.status == BatchStatus.RUNNING:
        _write_portion(locked, at)
    elif locked.status == BatchStatus.REVERSING:
        _reverse_portion(locked, at)
    return locked


def _write_portion(batch: ImportBatch, at: datetime) -> None:
    kind = _kind(batch.kind, batch.created_by, batch.clinic_id)
    kept = list(batch.rows.filter(outcome="").order_by("number")[:PORTION])
    columns = batch.mapping["columns"]
    read = reader(batch, kind)
    rows = [read(row.number, json.loads(row.values)) for row in kept]
    if rows:
        kind.check(batch.clinic, rows, at)
    written = kind.write(batch.created_by, batch.clinic, batch.pk, [row for row in rows if not row.problems], at)
    by_number = {row.number: row for row in written}
    place = places(columns)
    for row, checked in zip(kept, rows, strict=True):
        done = by_number.get(row.number)
        if done is None:
            done = WrittenRow(number=row.number, outcome=RowOutcome.REFUSED, problems=checked.problems)
        row.outcome, row.result_id = done.outcome, done.result_id
        row.before = json.dumps(done.before, ensure_ascii=False) if done.before else ""
        row.is_wrong = bool(done.problems)
        row.problems = _problems(CheckedRow(number=row.number, cells={}, problems=done.problems), place)
    _keep(kept, ["outcome", "result_id", "before", "is_wrong", "problems"])
    _count(batch)
    if len(kept) < PORTION:
        batch.status, batch.finished_at = BatchStatus.DONE, at
        record("import.written", subject=batch, after=_counts(batch))
        live.touch(batch.clinic_id, "day")
    batch.save()


def _keep(rows: list[ImportRow], fields: list[str]) -> None:
    """Write what became of the rows. As an insert that updates: bulk_update is twenty times slower on 500 rows."""
    ImportRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=INSERT
    )


def _count(batch: ImportBatch) -> None:
    counts = dict(batch.rows.exclude(outcome="").values_list("outcome").annotate(count=Count("pk")))
    batch.created_count = counts.get(RowOutcome.CREATED, 0)
    batch.updated_count = counts.get(RowOutcome.UPDATED, 0)
    batch.unchanged_count = counts.get(RowOutcome.UNCHANGED, 0)
    batch.refused_count = counts.get(RowOutcome.REFUSED, 0)
    batch.done_count = sum(counts.values())


def _counts(batch: ImportBatch) -> dict[str, Any]:
    return {
        "file": batch.file_name,
        "created": batch.created_count,
        "updated": batch.updated_count,
        "unchanged": batch.unchanged_count,
        "refused": batch.refused_count,
    }


@action(Permission.PATIENT_IMPORT)
def fail_import(*, by: User, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Note that a portion could not be written; it is rolled back, confirm_import tries again."""
    locked = _locked(batch, {BatchStatus.RUNNING})
    locked.status = BatchStatus.FAILED
    locked.problem = _(
        "Writing stopped after %(done)d of %(rows)d rows. What was written stays; go on, or take the import back."
    ) % {"done": locked.done_count, "rows": locked.row_count}
    locked.save(update_fields=["status", "problem"])
    record("import.failed", subject=locked, after=_counts(locked))
    return locked


@action(Permission.PATIENT_IMPORT)
def reverse_import(*, by: User, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Begin to take a whole batch back; run_import does it in portions. What was used since is kept and named."""
    locked = _locked(batch, {BatchStatus.DONE, BatchStatus.FAILED})
    _kind(locked.kind, by, locked.clinic_id)
    locked.status, locked.done_count, locked.problem = BatchStatus.REVERSING, 0, ""
    locked.save(update_fields=["status", "done_count", "problem"])
    record("import.reversal_confirmed", subject=locked, after=_counts(locked))
    return locked


def _reverse_portion(batch: ImportBatch, at: datetime) -> None:
    """Take the last rows back first: a row may stand on an earlier one."""
    kind = _kind(batch.kind, batch.created_by, batch.clinic_id)
    todo = [RowOutcome.CREATED, RowOutcome.UPDATED]
    kept = list(batch.rows.filter(outcome__in=todo).order_by("-number")[:PORTION])
    rows = [
        WrittenRow(
            number=row.number,
            outcome=row.outcome,
            result_id=row.result_id,
            before=json.loads(row.before) if row.before else {},
        )
        for row in kept
    ]
    by_number = {row.number: row for row in kind.reverse(batch.created_by, batch.clinic, rows, at)} if rows else {}
    for row in kept:
        done = by_number[row.number]
        row.outcome = done.outcome
        row.problems = _problems(CheckedRow(number=row.number, cells={}, problems=done.problems), {})
    _keep(kept, ["outcome", "problems"])
    left = batch.rows.filter(outcome__in=todo).count()
    batch.done_count = batch.row_count - left
    if len(kept) < PORTION:
        batch.status, batch.finished_at = BatchStatus.REVERSED, at
        outcomes = dict(batch.rows.values_list("outcome").annotate(count=Count("pk")))
        record("import.reversed", subject=batch, after={"file": batch.file_name, **outcomes})
        live.touch(batch.clinic_id, "day")
    batch.save()


@action(Permission.PATIENT_IMPORT)
def discard_import(*, by: User, batch: ImportBatch, at: datetime) -> None:
    """Throw away a batch of which nothing was written, with its rows."""
    locked = _locked(batch, {BatchStatus.CHECKED})
    record("import.discarded", subject=locked, before={"file": locked.file_name, "rows": locked.row_count})
    locked.rows.all().delete()
    locked.delete()

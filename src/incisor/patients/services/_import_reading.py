"""Reading the lines of an imported file: which column is which field, in the layout of the program that wrote it."""

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic
from incisor.patients.hooks import CheckedRow, ImportKind, Layout, Problem
from incisor.patients.models import ColumnMemory, ImportBatch
from incisor.patients.rules.columns import heading_key, match_columns
from incisor.patients.rules.layouts import cells_of, columns_of, fits, order_of
from incisor.patients.rules.sheets import was_cut


def synonyms(kind: ImportKind) -> dict[str, tuple[str, ...]]:
    """Return by which headings each field is known, in both languages whichever the page speaks."""
    found = {}
    for field in kind.fields:
        with translation.override("en"):
            english = str(field.label)
        found[field.key] = (str(field.label), english, *field.synonyms)
    return found


def memory(clinic: Clinic, kind: ImportKind, layout: Layout | None) -> dict[str, str]:
    kept = ColumnMemory.objects.filter(clinic=clinic, kind=remembered_as(kind.key, layout.key if layout else ""))
    return dict(kept.values_list("heading", "field"))


def remembered_as(kind: str, layout: str) -> str:
    return f"{kind}:{layout}" if layout else kind


def known_headings(clinic: Clinic, kind: ImportKind) -> set[str]:
    words = {heading_key(word) for words in synonyms(kind).values() for word in words}
    words |= {heading_key(heading) for layout in kind.layouts for heading in layout.columns}
    return words | set(memory(clinic, kind, None))


def fitting(kind: ImportKind, headings: list[str]) -> Layout | None:
    return next((layout for layout in kind.layouts if fits(headings, layout.needs)), None)


def layout_of(kind: ImportKind, key: str) -> Layout | None:
    return next((layout for layout in kind.layouts if layout.key == key), None)


def mapping(
    clinic: Clinic, kind: ImportKind, headings: list[str], header: int, layout: Layout | None
) -> dict[str, Any]:
    """Return which column is what: by the layout of the program that wrote the table, else by what headings mean."""
    kept = memory(clinic, kind, layout)
    if layout is None:
        columns = match_columns(headings, synonyms(kind), memory=kept)
    else:
        columns = columns_of(headings, layout.columns, joined=layout.joins, memory=kept)
    return {"headings": headings, "columns": columns, "header": header, "layout": layout.key if layout else ""}


def places(columns: list[str]) -> dict[str, int]:
    """Return in which column a field stands, the first of several."""
    return {field: index for index, field in reversed(list(enumerate(columns))) if field}


def reader(batch: ImportBatch, kind: ImportKind) -> Callable[[int, list[str]], CheckedRow]:
    """Return what makes a row out of the texts of a line, by the columns and the layout of the batch."""
    columns = batch.mapping["columns"]
    layout = layout_of(kind, batch.mapping.get("layout", ""))
    order = order_of(batch.mapping["headings"], layout.columns if layout else {})
    joins, values, fixed = (layout.joins, layout.values, layout.fixed) if layout else ({}, {}, {})

    def read(number: int, texts: list[str]) -> CheckedRow:
        row = CheckedRow(number=number, cells={})
        cut = [field for index, field in enumerate(columns) if field and index < len(texts) and was_cut(texts[index])]
        for field in cut:
            row.problems.append(
                Problem(
                    field, _("The cell holds more than 4,000 characters."), _("Shorten it, or leave the column out.")
                )
            )
        if not cut:
            row.cells = {**fixed, **cells_of(texts, columns, order=order, joins=joins, values=values)}
        return row

    return read

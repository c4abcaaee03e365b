"""Lists to take along as .xlsx or .csv: what is on the screen, with the same filter, and noted in the audit record.

The file is written to a temporary place row by row and then streamed, so that a long list costs no memory. Texts never
become formulas: a cell that begins like one is text in Excel, and has an apostrophe before it in CSV.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Protocol

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise

from incisor.kernel.clock import now

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
PARAMETER = "export"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
IN_MEMORY = 2 * 1024 * 1024
PIECE = 64 * 1024
WIDEST = 60
SHEET_NAME_LENGTH = 31


@dataclass(frozen=True)
class Column:
    """A column: its heading, and the cell of a row. Dates, moments and numbers stay what they are; money is a Decimal."""

    label: Any
    cell: Callable[[Any], Any]


class Keeper(Protocol):
    """Says whether a list may leave the house, and notes that it did. Given by accounts when the product starts."""

    def allow(self, request: HttpRequest) -> None: ...

    def note(self, request: HttpRequest, name: str, count: int) -> None: ...


class NoKeeper(RuntimeError):
    """A list was asked for before accounts said who keeps the door."""


_keepers: list[Keeper] = []


def keep_the_door(keeper: Keeper) -> None:
    """Let accounts decide who may take lists along, and record it."""
    _keepers[:] = [keeper]


def wanted(request: HttpRequest) -> str:
    """Return in which format the list on the screen is asked for, empty when it is only looked at."""
    asked = request.GET.get(PARAMETER, "")
    return asked if asked in FORMATS else ""


def export(
    request: HttpRequest, name: str, columns: Iterable[Column], rows: Iterable[Any], file_format: str
) -> HttpResponseBase:
    """Return the rows as a file to save. name: for the file and the record. Raises NotAllowed without the permission."""
    if not _keepers:
        raise NoKeeper
    _keepers[0].allow(request)
    taken = list(columns)
    file, count = write_file(name, taken, rows, file_format)
    _keepers[0].note(request, name, count)
    return send(file, name, file_format)


def write_file(name: str, columns: list[Column], rows: Iterable[Any], file_format: str) -> tuple[IO[bytes], int]:
    """Write the table to a temporary file, and return it at its beginning with the number of rows."""
    table = ([plain(column.cell(row)) for column in columns] for row in rows)
    headings = [str(column.label) for column in columns]
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- closed with the answer
    writer = _write_csv if file_format == "csv" else _write_excel
    try:
        count = writer(file, name, headings, table)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, count


def send(file: IO[bytes], name: str, file_format: str) -> FileResponse:
    """Return the file as an answer that the browser saves under its name and the hour; it is closed with the answer."""
    filename = f"{name}-{timezone.localtime(now()):%Y%m%d-%H%M}.{file_format}"
    response = FileResponse(file, as_attachment=True, filename=filename, content_type=FORMATS[file_format])
    response.headers["Cache-Control"] = "no-store, private"
    return response


def plain(value: Any) -> Any:
    """Return what stands in a cell: nothing, a text, a number, a day, or a moment on the wall clock of the page."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, bool | Promise):
        return str(value)
    if isinstance(value, int | float | Decimal | date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(str(one) for one in value)
    return "".join(character for character in str(value) if character >= " " or character in "\n\t")


def harmless(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def _csv_cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    return harmless(value)


def _write_csv(file: IO[bytes], _name: str, headings: list[str], table: Iterable[list[Any]]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    writer.writerow([harmless(heading) for heading in headings])
    for row in table:
        writer.writerow([_csv_cell(cell) for cell in row])
        count += 1
    text.detach()
    return count


def _write_excel(file: IO[bytes], name: str, headings: list[str], table: Iterable[list[Any]]) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415 -- needed for exports only

    with tempfile.TemporaryDirectory(prefix="incisor-export-") as folder:
        book = Workbook(
            Path(folder) / "list.xlsx", {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False}
        )
        sheet = book.add_worksheet(name[:SHEET_NAME_LENGTH])
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment, money = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), book.add_format({"num_format": "0.00"})
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, min(WIDEST, max(12, 2 * len(heading))))
            sheet.write_string(0, column, heading, bold)
        sheet.freeze_panes(1, 0)
        count = 0
        for count, row in enumerate(table, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(count, column, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(count, column, cell, day)
                elif isinstance(cell, Decimal):
                    sheet.write_number(count, column, float(cell), money)
                elif isinstance(cell, int | float):
                    sheet.write_number(count, column, cell)
                elif cell:
                    sheet.write_string(count, column, cell)  # never write(): that would make formulas of texts
        book.close()
        with (Path(folder) / "list.xlsx").open("rb") as written:
            while piece := written.read(PIECE):
                file.write(piece)
    return count


def in_money(minor: int | None) -> Decimal | None:
    """Return an amount in its main unit, exactly."""
    return None if minor is None else Decimal(minor) / 100

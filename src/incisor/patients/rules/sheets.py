"""Tables out of files: .xlsx and .csv as rows of texts, hostile ones refused before they cost memory."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from incisor.kernel.errors import Refused

BYTES = 20 * 1024 * 1024
UNPACKED_BYTES = 250 * 1024 * 1024
ROWS = 60_000
COLUMNS = 200
CELL_LENGTH = 4_000
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,4})([0-9]{1,8})"')
_TOO_LONG = "\x00"  # stands for a cell that was cut: no text of a file can hold it


class UnreadableSheet(Refused):
    """The file is no table that can be read here, or too large."""

    code = "unreadable_sheet"


def read_sheet(content: bytes, *, file_name: str) -> list[list[str]]:
    """Return the first filled sheet of an .xlsx file, or the lines of a .csv file, as texts. Raises UnreadableSheet."""
    if not content.strip(b"\x00 \r\n\t"):
        raise UnreadableSheet(_("The file is empty. Choose the file that holds the table."), code="empty")
    if len(content) > BYTES:
        raise UnreadableSheet(
            _("The file is larger than %(megabytes)d MB. Split it, or delete pictures and further sheets.")
            % {"megabytes": BYTES // 1024 // 1024},
            code="too_large",
        )
    if content.startswith(b"PK\x03\x04"):
        rows = _excel_rows(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableSheet(
            _(
                "This is an old or a locked Excel file (.xls). Open it in Excel and save it as .xlsx without a password."
            ),
            code="old_excel",
        )
    elif content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise UnreadableSheet(
            _("“%(name)s” is no table. Choose an .xlsx or .csv file.") % {"name": file_name[:80]}, code="wrong_type"
        )
    else:
        rows = _csv_rows(content)
    while rows and not any(rows[-1]):
        rows.pop()
    if not any(any(row) for row in rows):
        raise UnreadableSheet(
            _("There is no filled row in this file. Choose the file that holds the table."), code="empty"
        )
    return rows


def was_cut(cell: str) -> bool:
    """Tell whether the cell held more than CELL_LENGTH characters and was cut."""
    return cell.endswith(_TOO_LONG)


def _fit(text: str) -> str:
    text = text.replace("\x00", "").strip()
    return text if len(text) <= CELL_LENGTH else text[:40] + "…" + _TOO_LONG


def _refuse_rows(count: int) -> None:
    if count > ROWS:
        raise UnreadableSheet(
            _("The table has more than %(rows)d rows. Split it into several files.") % {"rows": ROWS},
            code="too_many_rows",
        )


def _refuse_columns(count: int) -> None:
    if count > COLUMNS:
        raise UnreadableSheet(
            _("The table has more than %(columns)d columns. Delete those that are not needed.") % {"columns": COLUMNS},
            code="too_many_columns",
        )


def _excel_rows(content: bytes) -> list[list[str]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 -- needed for imports only

    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in rows for cell in row):
                return [[_fit(cell_text(cell)) for cell in row] for row in rows]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as failure:  # the reader is compiled: a damaged file may also make it panic
        raise UnreadableSheet(
            _(
                "This Excel file is damaged or locked. Open it in Excel, save it again as .xlsx without a password, and retry."
            ),
            code="damaged",
        ) from failure
    return []


def _refuse_bomb(content: bytes) -> None:
    """Unpack once in pieces and throw away: counts what it really holds and where its cells lie. Raises UnreadableSheet.

    What the archive says of itself is not believed: neither its sizes, nor the sheet's own dimensions.
    """
    left = UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [info for info in archive.infolist() if not info.is_dir()]
            if len(names) > 2000:
                raise UnreadableSheet(_("This Excel file has too many parts."), code="too_large")
            for info in names:
                with archive.open(info) as part:
                    left = _count(part, left, is_sheet="worksheets/" in info.filename.replace("\\", "/"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as failure:
        raise UnreadableSheet(
            _(
                "This Excel file is damaged or locked. Open it in Excel, save it again as .xlsx without a password, and retry."
            ),
            code="damaged",
        ) from failure


def _count(part: Any, left: int, *, is_sheet: bool) -> int:
    tail = b""
    while piece := part.read(1 << 20):
        left -= len(piece)
        if left < 0:
            raise UnreadableSheet(
                _("Unpacked, this Excel file is too large. Copy the table alone into a new file and save it as .xlsx."),
                code="too_large",
            )
        if is_sheet:
            for column, row in _CELL.findall(tail + piece):
                if int(row) > ROWS:
                    _refuse_rows(int(row))
                if len(column) > 2 or _column_number(column) > COLUMNS:
                    _refuse_columns(COLUMNS + 1)
            tail = piece[-300:]
    return left


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def cell_text(cell: Any) -> str:
    """Return what a cell of a workbook says, as a person would type it: whole numbers without point, dates by ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _csv_rows(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(BYTES)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=_separator(text), strict=False):
            _refuse_columns(len(row))
            _refuse_rows(len(rows) + 1)
            rows.append([_fit(cell) for cell in row])
    except csv.Error as failure:
        raise UnreadableSheet(
            _("Line %(line)d of the file cannot be read as a table. Save it again as CSV (UTF-8) or .xlsx.")
            % {"line": len(rows) + 1},
            code="damaged",
        ) from failure
    return rows


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings = ["utf-16"]
    else:
        codings = ["utf-8-sig", "gb18030"]
    for coding in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if not _looks_binary(text):
            return text
    raise UnreadableSheet(
        _("The letters of this file cannot be read. Choose an .xlsx file, or a .csv file in UTF-8 or GB18030 (GBK)."),
        code="wrong_type",
    )


def _looks_binary(text: str) -> bool:
    sample = text[:4000]
    odd = sum(
        1 for character in sample if unicodedata.category(character) in {"Cc", "Co", "Cn"} and character not in "\r\n\t"
    )
    return odd > len(sample) // 50


def _separator(text: str) -> str:
    """Return the separator that parts the first filled lines best: comma, semicolon or tab."""
    lines = list(_first_lines(text))
    best, most = ",", 0
    for candidate in (",", ";", "\t"):
        count = sum(len(line) - 1 for line in csv.reader(lines, delimiter=candidate))
        if count > most:
            best, most = candidate, count
    return best


def _first_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(text[:20_000].splitlines()):
        if number < 10 and line.strip():
            yield line

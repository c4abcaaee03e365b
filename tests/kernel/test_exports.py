"""Lists as files: cells, formulas, both formats."""

import csv
import io
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from incisor.kernel.clock import zone
from incisor.kernel.exports import Column, harmless, in_money, plain, send, write_file

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ROWS = [
    {"name": "=1+1", "day": date(2026, 3, 2), "at": AT, "money": Decimal("12.50"), "count": 3},
    {"name": "王小明", "day": None, "at": None, "money": None, "count": 0},
]
COLUMNS = [Column(key, lambda row, key=key: row[key]) for key in ROWS[0]]


@pytest.fixture(autouse=True)
def in_shanghai():
    with timezone.override(zone("Asia/Shanghai")):
        yield


def table_of(file_format, rows=ROWS, columns=COLUMNS):
    file, count = write_file("list", columns, rows, file_format)
    with file:
        content = file.read()
    if file_format == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")))), count
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("list").to_python(), count


def test_csv_holds_what_is_on_the_screen():
    table, count = table_of("csv")

    assert count == 2
    assert table == [
        ["name", "day", "at", "money", "count"],
        ["'=1+1", "2026-03-02", "2026-03-02 09:30", "12.50", "3"],
        ["王小明", "", "", "", "0"],
    ]


def test_excel_holds_dates_and_numbers_as_such_and_formulas_as_texts():
    table, count = table_of("xlsx")

    assert count == 2
    assert table[1] == ["=1+1", date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), 12.5, 3.0]
    assert table[2][0] == "王小明"


@pytest.mark.parametrize("text", ["=1", "+86 138", "-x", "@x", "\tx", "\rx", "＝1", "=cmd|' /C calc'!A0"])
def test_text_that_begins_like_a_formula_is_made_harmless(text):
    assert harmless(text) == f"'{text}"
    table, _count = table_of("csv", [text], [Column("x", lambda row: row)])
    assert not table[1][0].startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.parametrize("text", ["王", "a=b", "1+1", ""])
def test_other_texts_stay(text):
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (True, "True"), (["VIP", "学生"], "VIP、学生"), ("a\x00b\x1bc\nd", "abc\nd"), (-5, -5), (0, 0)],
)
def test_cells(value, cell):
    assert plain(value) == cell


def test_headings_are_harmless_and_an_empty_list_has_them():
    assert table_of("csv", [], [Column("=x", str)]) == ([["'=x"]], 0)
    assert table_of("xlsx", [], [Column("x", str)])[0] == [["x"]]


def test_rows_are_taken_one_by_one():
    alive = []

    def rows():
        for number in range(3000):
            alive.append(number)
            yield number

    file, count = write_file("list", [Column("n", lambda row: row)], rows(), "csv")

    with file:
        assert (count, len(file.read().splitlines())) == (3000, 3001)


def test_money_is_exact():
    assert (in_money(1999), in_money(-1), in_money(None)) == (Decimal("19.99"), Decimal("-0.01"), None)


@pytest.mark.django_db  # an answer that is closed looks after the connections too
def test_file_is_closed_when_it_was_read_and_when_nobody_reads_it():
    read, _count = write_file("list", COLUMNS, ROWS, "csv")
    unread, _count = write_file("list", COLUMNS, ROWS, "csv")

    answer = send(read, "list", "csv")
    assert b"".join(answer).startswith("\ufeffname".encode())
    answer.close()
    send(unread, "list", "csv").close()

    assert (read.closed, unread.closed) == (True, True)


def test_file_of_a_table_that_breaks_is_closed(monkeypatch):
    made = []
    real = tempfile.SpooledTemporaryFile
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda **how: made.append(real(**how)) or made[-1])

    with pytest.raises(KeyError):
        write_file("list", COLUMNS, [{}], "csv")

    assert [one.closed for one in made] == [True]

"""Codes of Open Dental's tables in our words, and tables known by their headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.patients.rules import clean_phone, open_dental
from incisor.patients.rules.layouts import cells_of, columns_of, fits, order_of
from incisor.scheduling.rules import need_of
from incisor.visits.rules.teeth import TEETH
from incisor.visits.rules.universal import fdi_of, fdi_text


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["王", "小明"], "王小明"),
        (["Smith", "John"], "John Smith"),
        (["Smith", ""], "Smith"),
        (["", "李雷"], "李雷"),
        ([], ""),
    ],
)
def test_whole_name(parts, name):
    assert open_dental.whole_name(parts) == name


@pytest.mark.parametrize(
    ("text", "kept"),
    [("(503)363-5432", "+15033635432"), ("13800001111", "13800001111"), ("+8613800001111", "13800001111"), ("", ""),
     ("0044 20 7946 0958", "+442079460958")],
)  # fmt: skip
def test_phone_has_its_country(text, kept):
    assert clean_phone(open_dental.phone(text)) == kept


@pytest.mark.parametrize(
    ("read", "text", "meaning"),
    [
        (open_dental.sex, "0", "male"), (open_dental.sex, "1", "female"), (open_dental.sex, "x", "x"),
        (open_dental.day, "0001-01-01 00:00:00", ""), (open_dental.day, "1990-05-17", "1990-05-17"),
        (open_dental.patient_state, "4", "deleted"), (open_dental.patient_state, "0", ""),
        (open_dental.appointment_state, "5", "no_show"), (open_dental.appointment_state, "6", "unscheduled"),
        (open_dental.procedure_state, "2", "done"), (open_dental.procedure_state, "1", "other"),
        (open_dental.number_of_list, "7", "#7"), (open_dental.number_of_list, "0", ""),
        (open_dental.amount, "120.5", "120.50"), (open_dental.amount, "-80", "-80.00"), (open_dental.amount, "x", "x"),
        (open_dental.amount, "", "0.00"),
        (open_dental.code_or_number_alone, "12", "#12"), (open_dental.code_or_number_alone, "D1110", "D1110"),
    ],
)  # fmt: skip
def test_codes(read, text, meaning):
    assert read(text) == meaning


@pytest.mark.parametrize(("parts", "text"), [(["D1110", "7"], "D1110"), (["", "7"], "7"), (["D1110"], "D1110")])
def test_code_before_number(parts, text):
    assert open_dental.code_or_number(parts) == text


def test_lists_and_first():
    assert open_dental.first_of(["", " 2 ", "3"]) == "2"
    assert open_dental.first_of(["", ""]) == ""
    assert open_dental.listed(["Main St 1", "", "Salem"]) == "Main St 1, Salem"


@pytest.mark.parametrize(
    ("pattern", "minutes", "busy"),
    [("//XXXX//", 40, [(10, 30)]), ("XX/XX", 25, [(0, 10), (15, 25)]), ("xxxx", 20, [(0, 20)]), ("//", 10, []),
     ("", None, []), ("XY", None, [(0, 5)])],
)  # fmt: skip
def test_time_pattern(pattern, minutes, busy):
    assert open_dental.minutes_of(pattern) == minutes
    assert open_dental.busy_of(pattern) == busy


@given(st.text("X/", min_size=1, max_size=96))
def test_time_pattern_fits_what_a_booking_takes(pattern):
    need = need_of([], minutes=open_dental.minutes_of(pattern), busy=open_dental.busy_of(pattern) or None)

    assert need.minutes == 5 * len(pattern)
    assert all(0 <= start < end <= need.minutes for start, end in need.busy)


def test_universal_numbers_are_all_teeth_of_fdi():
    signs = [*map(str, range(1, 33)), *"ABCDEFGHIJKLMNOPQRST"]

    assert {fdi_of(sign) for sign in signs} == TEETH


@pytest.mark.parametrize(
    ("sign", "tooth"),
    [("1", 18), ("8", 11), ("9", 21), ("16", 28), ("17", 38), ("24", 31), ("25", 41), ("32", 48), ("A", 55), ("E", 51),
     ("F", 61), ("K", 75), ("t", 85), ("33", None), ("51", None), ("", None)],
)  # fmt: skip
def test_universal_number(sign, tooth):
    assert fdi_of(sign) == tooth


def test_lists_of_universal_numbers():
    assert fdi_text("3,4 30") == "16 15 46"
    assert fdi_text("0") == ""
    assert fdi_text("51") == "U51"


COLUMNS = {"LName": "name", "FName": "name", "PatNum": "external_id", "HmPhone": "phone"}


def test_layout_is_known_by_its_headings():
    assert fits(["x", "lname", "FNAME", "Pat Num"], ("PatNum", "LName", "FName"))
    assert not fits(["LName", "FName"], ("PatNum", "LName", "FName"))


def test_columns_of_a_layout_only_joined_fields_twice():
    headings = ["FName", "LName", "Color", "PatNum", "Pat_Num"]

    assert columns_of(headings, COLUMNS, joined={"name"}, memory={}) == ["name", "name", "", "external_id", ""]
    assert columns_of(headings, COLUMNS, joined=(), memory={"color": "note"}) == ["name", "", "note", "external_id", ""]


def test_cells_are_joined_in_the_order_of_the_layout_and_put_into_words():
    headings = ["FName", "LName", "Gender", "Other"]
    columns = ["name", "name", "sex", ""]

    cells = cells_of(
        ["John", "Smith", "0"],
        columns,
        order=order_of(headings, COLUMNS),
        joins={"name": open_dental.whole_name},
        values={"sex": open_dental.sex},
    )

    assert cells == {"name": "John Smith", "sex": "male"}

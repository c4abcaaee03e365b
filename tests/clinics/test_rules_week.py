"""Weekly hours as people enter them, their dated history, and pasted holidays: plain tables."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.clinics.rules import (
    HolidayLine,
    Period,
    Stretch,
    faulty_weekday,
    holiday_lines,
    is_on_grid,
    succession,
)


@pytest.mark.parametrize(
    ("week", "wrong"),
    [
        ([], None),
        ([Stretch(0, time(9), time(12)), Stretch(0, time(12), time(18))], None),
        ([Stretch(0, time(13), time(18)), Stretch(0, time(9), time(12))], None),
        ([Stretch(0, time(9), time(12)), Stretch(1, time(9), time(12))], None),
        ([Stretch(3, time(9), time(9))], 3),
        ([Stretch(3, time(12), time(9))], 3),
        ([Stretch(0, time(9), time(13)), Stretch(0, time(12), time(18))], 0),
        ([Stretch(7, time(9), time(12))], 7),
    ],
)
def test_faulty_weekday(week, wrong):
    assert faulty_weekday(week) == wrong


def test_succession_ends_what_holds_replaces_the_same_day_and_leaves_what_is_planned():
    rows = [
        Period("old", None, date(2025, 12, 31)),
        Period("now", date(2026, 1, 1), None),
        Period("same", date(2026, 4, 1), date(2026, 5, 31)),
        Period("later", date(2026, 6, 1), None),
    ]

    plan = succession(rows, valid_from=date(2026, 4, 1))

    assert (plan.ends, plan.replaced, plan.valid_until) == (("now",), ("same",), date(2026, 5, 31))


@given(st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_whatever_the_order_each_day_has_exactly_one_set_of_hours(starts):
    rows = {}
    for number, start in enumerate(starts):
        begin = date.fromordinal(738000 + start)
        plan = succession((Period(key, *span) for key, span in rows.items()), valid_from=begin)
        for key in plan.replaced:
            del rows[key]
        for key in plan.ends:
            rows[key] = (rows[key][0], date.fromordinal(begin.toordinal() - 1))
        rows[number] = (begin, plan.valid_until)

    for day in range(738000 + min(starts), 738320):
        holding = [
            k
            for k, (first, last) in rows.items()
            if first.toordinal() <= day and (last is None or day <= last.toordinal())
        ]
        assert len(holding) == 1


@pytest.mark.parametrize(("minutes", "good"), [(5, True), (480, True), (0, False), (-5, False), (7, False)])
def test_is_on_grid(minutes, good):
    assert is_on_grid(minutes) is good


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2027-01-01 元旦 休", HolidayLine(date(2027, 1, 1), "holiday", "元旦")),
        ("2027年1月3日，元旦调休上班，班", HolidayLine(date(2027, 1, 3), "workday", "元旦调休上班")),
        ("2027/1/3\t班\t元旦调休", HolidayLine(date(2027, 1, 3), "workday", "元旦调休")),
        ("2027.10.01,国庆节,holiday,National Day", HolidayLine(date(2027, 10, 1), "holiday", "国庆节", "National Day")),
    ],
)
def test_holiday_line_is_read(line, found):
    assert holiday_lines(line) == ([found], [])


@pytest.mark.parametrize(
    "line",
    [
        "元旦",
        "2027-01-01",
        "2027-01-01 元旦",
        "2027-02-30 x 休",
        "2027-01-01 休",
        "1-1 元旦 休",
        "2027-01-01 " + "长" * 41 + " 休",
    ],
)
def test_holiday_line_that_cannot_be_read_is_numbered(line):
    assert holiday_lines(f"\n2027-05-01 劳动节 休\n{line}\n")[1] == [3]


def test_day_given_twice_is_wrong():
    assert holiday_lines("2027-01-01 元旦 休\n2027-01-01 元旦 班")[1] == [2]

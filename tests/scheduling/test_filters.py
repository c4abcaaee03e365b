"""The line that says when: letters, weekdays, dates, hours, specialties, Chinese words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.scheduling.rules import day_of_text, hours_of_text, parse_filter
from incisor.scheduling.rules.days import SPOKEN_HOURS, spoken_hours

TODAY = date(2026, 3, 4)  # a Wednesday
MARCH = (date(2026, 3, 4), date(2026, 3, 18))
NEXT = (date(2026, 3, 9), date(2026, 3, 15))


@pytest.mark.parametrize(
    ("code", "days", "weekdays", "parts"),
    [
        ("z3", MARCH, (2,), ()),
        ("nz35h16-18", NEXT, (2, 4), ((960, 1080),)),
        ("h9:30-11", MARCH, (), ((570, 660),)),
        ("h17", MARCH, (), ((1020, 1440),)),
        ("mh16", MARCH, (), ((0, 720), (960, 1440))),
        ("d12-3", (date(2026, 12, 3), date(2026, 12, 3)), (), ()),
        ("d2-3", (date(2027, 2, 3), date(2027, 2, 3)), (), ()),
        ("d12", (date(2026, 3, 12), date(2026, 3, 12)), (), ()),
        ("d3", (date(2026, 4, 3), date(2026, 4, 3)), (), ()),
        ("d3/9 d3.12", (date(2026, 3, 9), date(2026, 3, 12)), (), ()),
        ("d3-9 d12-3", (date(2026, 3, 9), date(2026, 5, 10)), (), ()),  # nobody plans further than two months
        ("下周三", NEXT, (2,), ()),
        ("下下周一三 上午", (date(2026, 3, 16), date(2026, 3, 22)), (0, 2), ((0, 720),)),
        ("周日", MARCH, (6,), ()),
        ("这个星期晚上", (TODAY, date(2026, 3, 8)), (), ((1020, 1440),)),
        ("本周放学后", (TODAY, date(2026, 3, 8)), (), ((960, 1440),)),
        ("明天下午三点后", (date(2026, 3, 5), date(2026, 3, 5)), (), ((900, 1440),)),
        ("后天十点前", (date(2026, 3, 6), date(2026, 3, 6)), (), ((0, 600),)),
        ("大后天", (date(2026, 3, 7), date(2026, 3, 7)), (), ()),
        ("3月12号两点到四点半", (date(2026, 3, 12), date(2026, 3, 12)), (), ((840, 990),)),
        ("20号", (date(2026, 3, 20), date(2026, 3, 20)), (), ()),
    ],
)
def test_days_and_hours_are_understood(code, days, weekdays, parts):
    found = parse_filter(code, today=TODAY)

    assert ((found.first, found.last), found.weekdays, found.parts, found.unknown) == (days, weekdays, parts, "")


@pytest.mark.parametrize(("code", "specialty"), [("po", "orthodontics"), ("n种植", "implants"), ("pc", "paediatric")])
def test_a_specialty_is_understood(code, specialty):
    assert parse_filter(code, today=TODAY).specialty == specialty


@pytest.mark.parametrize(
    ("code", "family", "row", "side"),
    [("f", True, False, False), ("r", True, True, False), ("连着", True, True, False), ("fb", True, False, True)],
)
def test_several_people_come_in_a_row_or_side_by_side(code, family, row, side):
    found = parse_filter(code, today=TODAY)

    assert (found.is_family, found.is_in_a_row, found.is_side_by_side) == (family, row, side)


@pytest.mark.parametrize("code", ["n d", "h", "nz", "p"])
def test_a_letter_that_waits_for_its_digits_is_no_mistake(code):
    assert parse_filter(code, today=TODAY).unknown == ""


@pytest.mark.parametrize(
    ("code", "unknown"),
    [
        ("d2-31", "d2-31"),
        ("h26", "h26"),
        ("h11-9", "h1-9"),
        ("2月31号", "2月31号"),
        ("q", "q"),
        ("zz3", "z"),
        ("d32", "d32"),
    ],
)
def test_what_means_nothing_is_told(code, unknown):
    assert parse_filter(code, today=TODAY).unknown == unknown


@pytest.mark.parametrize(
    "code", ["nz35 h16-18 po", "下周末", "d12-3 e", "明天三点后 正畸", "wr放学", "d3-9 d3-12 u", "后天"]
)
def test_what_was_understood_can_be_typed_again(code):
    found = parse_filter(code, today=TODAY)

    again = parse_filter(f"{found.letters} {found.words}", today=TODAY)

    assert again == found


@given(st.text(alphabet="townxmaeksufrbdhzp0123456789-/.: 下周一三末今明后天上午点半到前月号", max_size=20))
def test_no_line_breaks_the_reader(code):
    found = parse_filter(code, today=TODAY)

    assert TODAY <= found.first <= found.last or (found.first < TODAY and "w" not in found.letters)
    assert all(0 <= start < end <= 1440 for start, end in found.parts)
    assert (found.last - found.first).days <= 62


def test_weekdays_narrow_the_days():
    found = parse_filter("nz3", today=TODAY)

    assert found.allows(date(2026, 3, 11), 600)
    assert not found.allows(date(2026, 3, 12), 600)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12-3", date(2026, 12, 3)),
        ("12/3", date(2026, 12, 3)),
        ("2026-12-03", date(2026, 12, 3)),
        ("2026年12月3日", date(2026, 12, 3)),
        ("12月3号", date(2026, 12, 3)),
        ("3-4", TODAY),
        ("3-3", date(2027, 3, 3)),
        ("2-29", date(2028, 2, 29)),
        ("31", date(2026, 3, 31)),
        ("3", date(2026, 4, 3)),
        ("今天", TODAY),
        ("tomorrow", date(2026, 3, 5)),
        ("下周三", date(2026, 3, 11)),
        ("本周一", date(2026, 3, 2)),
        ("周三", TODAY),
        ("星期天", date(2026, 3, 8)),
        ("wed", TODAY),
        ("next Friday", date(2026, 3, 13)),
        ("2026-02-30", None),
        ("13-1", None),
        ("32", None),
        ("soon", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text, day):
    assert day_of_text(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("17", (1020, 1440)),
        ("9:30-11", (570, 660)),
        ("16到18", (960, 1080)),
        ("18-16", None),
        ("25", None),
        ("x", None),
    ],
)
def test_hours_are_read(text, hours):
    assert hours_of_text(text) == hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("上午九点", (540, 1440)),
        ("早上七点半后", (450, 1440)),
        ("下午两点到四点", (840, 960)),
        ("十一点以前", (0, 660)),
        ("15点-17点", (900, 1020)),
        ("十点到九点", None),
        ("99点", None),
    ],
)
def test_spoken_hours_are_read(text, hours):
    assert spoken_hours(SPOKEN_HOURS.fullmatch(text)) == hours

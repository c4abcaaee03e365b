"""Whose time a delay moves, what keeps a patient at the door, how a sheet is laid out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.reception.enums import LeaveReason, Matter
from incisor.reception.rules.delays import LONGEST, Booked, added, shifted
from incisor.reception.rules.leaving import REASONS, AtTheDoor, left_open, may_ask, may_give, sheets_of
from incisor.reception.rules.sheets import Part, parts_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
M = Matter


def at(minutes):
    return NINE + timedelta(minutes=minutes)


def booked(*spans):
    return [Booked(key=n, starts_at=at(begin), ends_at=at(end)) for n, (begin, end) in enumerate(spans)]


@pytest.mark.parametrize(
    ("minutes", "more", "after"), [(0, 10, 10), (10, 20, 30), (10, -20, 0), (235, 20, LONGEST), (0, 0, 0)]
)
def test_delay_grows_within_bounds(minutes, more, after):
    assert added(minutes, more) == after


@pytest.mark.parametrize(
    ("minutes", "spans", "free", "found"),
    [
        (20, [(0, 30), (30, 60)], 0, [(0, 20), (1, 20)]),  # no free time between
        (20, [(0, 30), (40, 60)], 0, [(0, 20), (1, 10)]),  # ten free minutes take half of it up
        (20, [(0, 30), (60, 90)], 0, [(0, 20)]),  # the rest is in time
        (20, [(30, 60)], 0, []),  # free until then
        (20, [(30, 60)], 30, [(0, 20)]),  # somebody sits until then
        (12, [(0, 30)], 0, [(0, 15)]),  # people are told fives
        (0, [(0, 30)], 0, []),
        (20, [], 0, []),
        (20, [(0, 60), (30, 50), (60, 90)], 0, [(0, 20), (1, 20), (2, 20)]),  # two at once: the longer one counts
        (20, [(30, 60), (0, 30)], 0, [(1, 20), (0, 20)]),  # in the order of time, however they are given
    ],
)
def test_delay_moves_those_who_come_later(minutes, spans, free, found):
    late = shifted(minutes, booked(*spans), free_at=at(free))

    assert [(one.key, one.minutes) for one in late] == found
    assert all(one.starts_at == at(spans[one.key][0] + one.minutes) for one in late)


@given(
    st.integers(0, LONGEST),
    st.lists(st.tuples(st.integers(0, 480), st.integers(5, 90)), max_size=12),
    st.integers(-60, 60),
)
def test_nobody_is_later_than_the_delay_and_it_only_shrinks(minutes, rows, free):
    late = shifted(minutes, booked(*((begin, begin + length) for begin, length in rows)), free_at=at(free))

    told = [one.minutes for one in late]
    assert told == sorted(told, reverse=True)
    assert all(0 < one <= minutes + 4 for one in told)


@pytest.mark.parametrize(
    ("door", "found"),
    [
        ({"is_settled": True}, []),
        ({"is_settled": False}, [M.MONEY]),
        ({"is_settled": True, "wants_next": True}, [M.NEXT_VISIT]),
        ({"is_settled": True, "wants_next": True, "has_next": True}, []),
        ({"is_settled": True, "sheets_open": 1}, [M.AFTERCARE]),
        ({"is_settled": True, "sheets_open": 2, "sends_sheets": True}, []),
        ({"is_settled": True, "forms_open": 1}, [M.FORMS]),
        (
            {"is_settled": False, "wants_next": True, "sheets_open": 1, "forms_open": 1},
            [M.MONEY, M.NEXT_VISIT, M.AFTERCARE, M.FORMS],
        ),
        ({"is_settled": False, "wants_next": True, "excused": frozenset({M.MONEY, M.NEXT_VISIT})}, []),
    ],
)
def test_what_keeps_a_visit_open(door, found):
    assert left_open(AtTheDoor(**door)) == found


@pytest.mark.parametrize(
    ("matter", "reason", "words", "fits"),
    [
        ("next_visit", "will_call", "", True),
        ("next_visit", "on_paper", "", False),
        ("forms", "on_paper", "", True),
        ("aftercare", "other", "", False),
        ("aftercare", "other", "  ", False),
        ("aftercare", "other", "看不懂中文", True),
    ],
)
def test_reason_belongs_to_its_matter(matter, reason, words, fits):
    assert may_give(matter, reason, words) is fits


def test_every_matter_has_reasons_and_room_for_words():
    assert set(REASONS) == set(Matter)
    assert all(reasons[-1] == LeaveReason.OTHER and len(reasons) <= 4 for reasons in REASONS.values())


@pytest.mark.parametrize(
    ("is_on", "can_reach", "days", "asked"),
    [(True, True, None, True), (True, True, 30, True), (True, True, 29, False), (False, True, None, False), (True, False, None, False)],
)  # fmt: skip
def test_nobody_is_asked_too_often(is_on, can_reach, days, asked):
    assert may_ask(is_on=is_on, can_reach=can_reach, days_since_last=days, every_days=30) is asked


@pytest.mark.parametrize(
    ("done", "planned", "sheets"),
    [
        (["filling", "", "filling", "cleaning"], ["extraction"], ["filling", "cleaning"]),
        ([], ["extraction", ""], ["extraction"]),
        ([""], ["extraction"], []),
        ([], [], []),
    ],
)
def test_sheets_follow_what_was_done_else_what_was_booked(done, planned, sheets):
    assert sheets_of(done, planned) == sheets


def test_words_become_headings_points_and_lines():
    text = "你好\n# 今天\n- 不漱口\n-  不抽烟\n\n## 之后\n- 拆线"

    assert parts_of(text) == [
        Part("text", ("你好",)),
        Part("heading", ("今天",)),
        Part("points", ("不漱口", "不抽烟")),
        Part("heading", ("之后",)),
        Part("points", ("拆线",)),
    ]

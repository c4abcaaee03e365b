"""Pure rules of enquiries: the line of a note, stages, finding an answer."""

import uuid
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.enquiries.enums import LeadStage
from incisor.enquiries.rules import (
    NEXT,
    Person,
    Untied,
    found,
    lead_of_new_file,
    matches,
    may_become,
    parsed_note,
    stage_after,
)

NOW = datetime(2026, 3, 2, 9, 30)  # a Monday
PEOPLE = [
    Person("fang", {"王芳", "wangfang", "wf", "fang"}),
    Person("feng", {"吴枫", "wufeng", "wf", "feng"}),
    Person("li", {"李雷", "lilei", "ll", "lilei2"}),
]


@pytest.mark.parametrize(
    ("line", "owner", "due"),
    [
        ("想改到下周", None, None),
        ("想改到下周 @王芳 明天10点", "fang", datetime(2026, 3, 3, 10)),
        ("想改到下周＠王芳明天10点半", "fang", datetime(2026, 3, 3, 10, 30)),
        ("call back @fang", "fang", datetime(2026, 3, 2, 18)),
        ("call back @lilei mt", "li", datetime(2026, 3, 3, 18)),
        ("call back @ll 15:30", "li", datetime(2026, 3, 2, 15, 30)),
        ("x @ll 8:00", "li", datetime(2026, 3, 3, 8)),  # that hour has passed: tomorrow
        ("x @下午3点", None, datetime(2026, 3, 2, 15)),
        ("x @3pm", None, datetime(2026, 3, 2, 15)),
        ("x @3:15pm", None, datetime(2026, 3, 2, 15, 15)),
        ("x @fri 15:00", None, datetime(2026, 3, 6, 15)),
        ("x @周一", None, datetime(2026, 3, 2, 18)),
        ("x @下周三上午", None, datetime(2026, 3, 11, 12)),
        ("x @2h", None, NOW + timedelta(hours=2)),
        ("x @2小时内 ll", "li", NOW + timedelta(hours=2)),
        ("x @3天后 sw", None, datetime(2026, 3, 5, 12)),
        ("x @12-3", None, datetime(2026, 12, 3, 18)),
        ("x @1月5日 9点", None, datetime(2027, 1, 5, 9)),
        ("x @today 9:00 lilei2", "li", NOW + timedelta(hours=1)),  # a time of today that has passed: soon
        ("a@b @feng", "feng", datetime(2026, 3, 2, 18)),
    ],
)
def test_line_of_a_note(line, owner, due):
    said = parsed_note(line, PEOPLE, now=NOW)

    assert (said.owner, said.due, said.unknown) == (owner, due, ())
    assert said.is_task is (owner is not None or due is not None)


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("x @wf", ("wf",)),  # two people
        ("x @zorro 明天", ("zorro",)),
        ("x @25:00", ("25:00",)),
        ("x @13-45", ("13-45",)),
        ("x @王芳zorro", ("zorro",)),
        ("x @明天zorro", ("明天zorro",)),
        ("x @2月30日", ("2月30日",)),
    ],
)
def test_words_that_mean_nothing_are_told(line, unknown):
    assert parsed_note(line, PEOPLE, now=NOW).unknown == unknown


def test_beginning_of_a_name_is_enough_when_it_means_one_person():
    assert parsed_note("x @wang", PEOPLE, now=NOW).owner == "fang"
    assert parsed_note("x @w", PEOPLE, now=NOW).unknown == ("w",)


def test_leap_day_that_has_passed_is_no_day_of_next_year():
    assert parsed_note("x @2-29", PEOPLE, now=datetime(2028, 3, 1, 9)).unknown == ("2-29",)
    assert parsed_note("x @2-29", PEOPLE, now=datetime(2028, 2, 1, 9)).due == datetime(2028, 2, 29, 18)


def test_somebody_named_after_hours_has_an_hour():
    late = datetime(2026, 3, 2, 20)
    assert parsed_note("x @fang", PEOPLE, now=late).due == late + timedelta(hours=1)


@given(st.text(max_size=60), st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2029, 1, 1)))
def test_no_line_breaks_it_and_nothing_is_due_in_the_past(line, now):
    said = parsed_note(line, PEOPLE, now=now)

    assert said.due is None or said.due > now
    assert said.text in line


def test_stages_reach_the_end_and_nothing_leaves_it():
    reached, left = set(), [LeadStage.NEW]
    while left:
        stage = left.pop()
        reached.add(stage)
        left += [one for one in NEXT[stage] if one not in reached]
    assert reached == set(LeadStage)
    assert NEXT[LeadStage.WON] == frozenset()
    assert may_become("lost", "contacted")
    assert not may_become("lost", "won")


@pytest.mark.parametrize(
    ("stage", "fact", "to"),
    [
        ("new", "booked", "booked"),
        ("contacted", "arrived", "arrived"),
        ("arrived", "won", "won"),
        ("booked", "won", None),  # treated without having arrived: the arrival comes first
        ("arrived", "booked", None),  # never backwards
        ("booked", "booked", None),
        ("lost", "booked", None),
        ("won", "booked", None),
    ],
)
def test_facts_carry_an_enquiry_on(stage, fact, to):
    assert stage_after(stage, fact) == to


def answer(title, words="", text="", position=0):
    return SimpleNamespace(title_zh=title, title_en="", words=words, text_zh=text, text_en="", position=position)


def test_every_word_must_occur_and_titles_count_most():
    title, words, text = (
        answer("洗牙 疼吗", position=3),
        answer("x", words="洗牙", position=1),
        answer("y", text="洗牙", position=2),
    )

    assert [matches(one, "洗牙") for one in (title, words, text)] == [3, 2, 1]
    assert matches(title, "洗牙 价格") == 0
    assert found([text, words, title], "洗牙") == [title, words, text]
    assert found([text, title], "  ") == [text, title]
    assert date(2026, 3, 2).weekday() == NOW.weekday() == 0


ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("untied", "is_shared", "expected"),
    [
        ([], False, None),
        ([Untied(ONE, "王芳", True)], True, None),  # the number of a family, another name
        ([Untied(ONE, "林小姐", True)], False, ONE),  # the number is nobody else's
        ([Untied(ONE, "林小姐", True), Untied(TWO, "林 晓", True)], True, TWO),
        ([Untied(ONE, "林晓", False)], False, ONE),
        ([Untied(ONE, "林晓", False), Untied(TWO, "林晓", False)], False, None),  # which of the two?
        ([Untied(ONE, "林晓", False), Untied(TWO, "王芳", True)], True, ONE),
        ([Untied(ONE, "王芳", False)], False, None),
    ],
)
def test_enquiry_of_a_file_just_registered(untied, is_shared, expected):
    assert lead_of_new_file(untied, name="林晓", is_shared=is_shared) == expected

"""What a screen in the waiting room shows and says."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.reception.rules import screen as rules
from incisor.reception.rules.screen import Options, Span, Speech


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({}, Options()),
        (
            {"rooms": ["a"], "voice": False, "speech": "en", "repeat": 3},
            Options(rooms=frozenset({"a"}), voice=False, speech=Speech.ENGLISH, repeat=3),
        ),
        ({"rooms": "a", "voice": None, "speech": "klingon", "repeat": 99}, Options()),
        ({"speech": "zh", "repeat": 1}, Options(speech=Speech.CHINESE, repeat=1)),
    ],
)
def test_options_as_they_are_kept(kept, expected):
    assert rules.options_of(kept) == expected


@pytest.mark.parametrize(
    ("place", "rooms", "expected"),
    [("a", (), True), (None, ("a",), True), ("a", ("a", "b"), True), ("c", ("a", "b"), False)],
)
def test_place_belongs_on_a_screen(place, rooms, expected):
    assert rules.is_for(place, rooms) is expected


def test_call_leaves_the_screen_after_a_while(at):
    assert rules.is_shown(at, at=at + rules.SHOWN_FOR - timedelta(seconds=1))
    assert not rules.is_shown(at, at=at + rules.SHOWN_FOR)
    assert not rules.is_shown(None, at=at)


@pytest.mark.parametrize(
    ("name", "sex", "age", "place", "said"),
    [
        ("王小明", "male", 40, "三诊室", "请12号王先生，到三诊室就诊。"),
        ("欧阳雪", "female", None, "诊室 3", "请12号欧阳女士，到3号诊室就诊。"),
        ("陈乐乐", "female", 6, "儿童诊室", "请12号陈小朋友，到儿童诊室就诊。"),
        ("陈乐", "unknown", 30, "", "请12号，到前台。"),
        ("Anna Schmidt", "female", 30, "Room 2", "请12号，到Room 2就诊。"),
        ("", "male", 40, "一诊室", "请12号，到一诊室就诊。"),
    ],
)
def test_call_in_chinese(name, sex, age, place, said):
    assert rules.called_in_chinese(number=12, name=name, sex=sex, age=age, place=place) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("三诊室", "Number 12, please come to room 3."),
        ("3号诊室", "Number 12, please come to room 3."),
        ("正畸诊室", "Number 12, please come to the treatment room."),
        ("Room 2", "Number 12, please come to Room 2."),
        ("", "Number 12, please come to the front desk."),
    ],
)
def test_call_in_english(place, said):
    assert rules.called_in_english(number=12, place=place) == said


@given(name=st.text(alphabet="王李欧阳司马明小雪娜 ABab·", min_size=2, max_size=8))
def test_nothing_said_or_shown_holds_the_whole_name(name):
    plain = "".join(name.split())
    shown = rules.name_on_screen(name, is_number_only=False)
    said = rules.called_in_chinese(number=1, name=name, sex="male", age=30, place="")

    if len(plain) > 1:
        assert plain not in shown.replace(" ", "")
        assert plain not in said


def test_number_only_shows_no_name():
    assert rules.name_on_screen("王小明", is_number_only=True) == ""
    assert rules.name_on_screen("王小明", is_number_only=False) == "王*明"


def test_screen_carries_notices_of_the_day_ahead(at):
    hour = timedelta(hours=1)
    spans = [
        ("now", Span(since=at - hour, until=None)),
        ("over", Span(since=at - 2 * hour, until=at)),
        ("soon", Span(since=at + 23 * hour, until=at + 25 * hour)),
        ("far", Span(since=at + 24 * hour, until=None)),
    ]

    assert rules.notices_to_carry(spans, at=at) == ["now", "soon"]

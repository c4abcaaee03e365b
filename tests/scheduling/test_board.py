"""How full a day is, which gaps are left, what the filter lets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.scheduling.rules import CardFilter, Load, gaps, loads, minutes_in
from incisor.scheduling.rules.board import split

SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda pair: tuple(sorted(pair))), max_size=6)


@pytest.mark.parametrize(
    ("load", "percent", "level", "free"),
    [
        (Load(), None, 0, 0),
        (Load(open_minutes=480), 0, 0, 480),
        (Load(open_minutes=480, booked_minutes=5, count=1), 1, 1, 475),
        (Load(open_minutes=100, booked_minutes=39), 39, 1, 61),
        (Load(open_minutes=100, booked_minutes=40), 40, 2, 60),
        (Load(open_minutes=100, booked_minutes=65), 65, 3, 35),
        (Load(open_minutes=100, booked_minutes=85), 85, 4, 15),
        (Load(open_minutes=100, booked_minutes=100), 100, 5, 0),
        (Load(open_minutes=100, booked_minutes=130), 130, 5, 0),
        (Load(booked_minutes=30, count=1), None, 5, 0),
    ],
)
def test_a_load_has_a_figure_and_a_level(load, percent, level, free):
    assert (load.percent, load.level, load.free_minutes, load.free_hours) == (percent, level, free, round(free / 60, 1))


def test_a_day_is_filled_by_what_lies_in_it():
    monday, tuesday = loads(
        [0, 1440, 2880],
        working={"dana": [(540, 1020), (1980, 2460)], "li": [(600, 720)]},
        taken={"dana": [(540, 600), (570, 630), (1430, 1450)], "gone": [(2000, 2030)]},
    )

    assert monday == Load(open_minutes=600, booked_minutes=100, count=3)  # 9:00 to 10:30 once, and ten before midnight
    assert tuesday == Load(open_minutes=480, booked_minutes=40, count=1)


def test_what_begins_outside_is_not_counted():
    assert loads([100, 200], working={}, taken={"dana": [(50, 120), (200, 230)]}) == [Load(booked_minutes=20)]


@given(SPANS, st.lists(st.integers(0, 300), min_size=2, max_size=6, unique=True).map(sorted))
def test_splitting_loses_nothing_between_the_bounds(spans, bounds):
    parts = split(spans, bounds)

    inside = [(max(start, bounds[0]), min(end, bounds[-1])) for start, end in spans]
    assert sum(minutes_in(part) for part in parts) == minutes_in([span for span in inside if span[0] < span[1]])
    assert all(
        low <= start < end <= high
        for part, low, high in zip(parts, bounds, bounds[1:], strict=False)
        for start, end in part
    )


@pytest.mark.parametrize(
    ("off", "taken", "now", "expected"),
    [
        ([], [], -10, [(0, 100)]),
        ([(0, 20)], [(40, 60)], -10, [(20, 40), (60, 100)]),
        ([], [(14, 100)], -10, []),
        ([], [(15, 100)], -10, [(0, 15)]),
        ([], [], 41, [(45, 100)]),
        ([], [], 40, [(40, 100)]),
        ([], [], 90, []),
    ],
)
def test_gaps_are_open_free_to_come_and_long_enough(off, taken, now, expected):
    assert gaps([(0, 100)], off=off, taken=taken, now=now) == expected


@given(SPANS, SPANS, st.integers(-5, 300))
def test_no_gap_touches_what_is_off_or_taken(off, taken, now):
    for start, end in gaps([(0, 300)], off=off, taken=taken, now=now):
        assert end - start >= 15
        assert start >= now
        assert all(not (a < end and start < b) for a, b in [*off, *taken] if a < b)


CARD = {
    "dentist": "d1",
    "specialties": ["general"],
    "status": "confirmed",
    "procedures": ["p1", "p2"],
    "channel": "phone",
}


@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        ({}, True),
        ({"dentist": {"d1", "d2"}}, True),
        ({"dentist": {"d2"}}, False),
        ({"specialty": {"general"}}, True),
        ({"specialty": {"implants"}}, False),
        ({"status": {"confirmed"}}, True),
        ({"status": {"arrived"}}, False),
        ({"procedure": {"p2"}}, True),
        ({"procedure": {"p3"}}, False),
        ({"channel": {"phone"}}, True),
        ({"channel": {"online"}}, False),
        ({"dentist": {"d1"}, "status": {"arrived"}}, False),
    ],
)
def test_a_card_must_fit_every_choice(wanted, is_wanted):
    chosen = CardFilter(**{name: frozenset(values) for name, values in wanted.items()})

    assert chosen.wants(**CARD) is is_wanted
    assert chosen.is_empty is (not wanted)

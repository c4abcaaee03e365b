"""The order of calling, waiting times, triage, chairs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.clinics.enums import ChairState
from incisor.reception.rules.chairs import BY_HAND, chair_for, may_set
from incisor.reception.rules.queue import Waiting, calling_order, next_to_call, rank_first, rank_last
from incisor.reception.rules.triage import Sign, level_of, specialty_of
from incisor.reception.rules.waiting import average_wait, late_minutes, minutes_between, tone_of, waits_since
from incisor.visits.enums import Urgency

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def minute(n):
    return NINE + timedelta(minutes=n)


def waiting(number, arrived, due=None, **more):
    return Waiting(
        key=number, number=number, arrived_at=minute(arrived), due_at=None if due is None else minute(due), **more
    )


@pytest.mark.parametrize(
    ("queue", "order"),
    [
        ([], []),
        ([waiting(1, 0), waiting(2, 5, due=60)], [2, 1]),
        ([waiting(1, 0, due=30), waiting(2, 5, due=10)], [2, 1]),
        ([waiting(1, 0, due=10), waiting(2, 9, is_emergency=True)], [2, 1]),
        ([waiting(1, 9, is_emergency=True), waiting(2, 3, is_emergency=True)], [2, 1]),
        ([waiting(1, 0), waiting(2, 5, is_urgent=True)], [2, 1]),
        ([waiting(1, 0, due=20), waiting(2, 5, is_urgent=True)], [2, 1]),
        ([waiting(1, 0), waiting(2, 3)], [1, 2]),
        # late by 15 minutes keeps the time, by 16 it counts from arrival
        ([waiting(1, 15, due=0), waiting(2, 0, due=10)], [1, 2]),
        ([waiting(1, 16, due=0), waiting(2, 0, due=10)], [2, 1]),
        # put forward, put back: but emergencies stay first
        ([waiting(1, 0, due=0), waiting(2, 9, rank=-1)], [2, 1]),
        ([waiting(1, 0, due=0, rank=1), waiting(2, 9)], [2, 1]),
        ([waiting(1, 0, is_emergency=True), waiting(2, 0, rank=-5)], [1, 2]),
        # nothing else differs: the number
        ([waiting(2, 0, due=0), waiting(1, 0, due=0)], [1, 2]),
    ],
)
def test_order_of_calling(queue, order):
    assert [one.key for one in calling_order(queue)] == order


moments = st.integers(0, 600).map(minute)


@st.composite
def queues(draw):
    count = draw(st.integers(0, 12))
    return [
        Waiting(
            key=number,
            number=number,
            arrived_at=draw(moments),
            due_at=draw(st.none() | moments),
            is_emergency=draw(st.booleans()),
            is_urgent=draw(st.booleans()),
            rank=draw(st.integers(-3, 3)),
            dentist=draw(st.none() | st.sampled_from("abc")),
        )
        for number in range(count)
    ]


@given(queues(), st.randoms(use_true_random=False))
def test_order_is_total_and_loses_nobody(queue, shuffle):
    shuffled = list(queue)
    shuffle.shuffle(shuffled)

    order = calling_order(queue)

    assert calling_order(shuffled) == order
    assert sorted(one.key for one in order) == sorted(one.key for one in queue)
    urgent = [one.is_emergency for one in order]
    assert urgent == sorted(urgent, reverse=True)


@given(queues(), st.sets(st.sampled_from("abc")))
def test_next_is_somebody_who_waits_and_an_emergency_if_there_is_one(queue, busy):
    found = next_to_call(queue, busy=busy)

    if not queue:
        assert found is None
        return
    assert found in queue
    assert found.is_emergency or not any(one.is_emergency for one in queue)
    free = [one for one in queue if one.dentist not in busy]
    assert found.is_emergency or found in free or not free


@given(queues())
def test_rank_puts_first_and_last(queue):
    first = waiting(99, 0, rank=rank_first(queue))
    last = waiting(99, 0, rank=rank_last(queue))

    assert next(one for one in calling_order([*queue, first]) if not one.is_emergency) == first
    assert calling_order([*queue, last])[-1] == last or all(one.is_emergency for one in queue)


@pytest.mark.parametrize(("begin", "end", "minutes"), [(0, 0, 0), (0, 15, 15), (10, 5, 0)])
def test_minutes_are_whole_and_never_less_than_nothing(begin, end, minutes):
    assert minutes_between(minute(begin), minute(end)) == minutes


def test_who_comes_early_waits_from_the_appointed_time():
    assert waits_since(arrived_at=minute(0), due_at=minute(20)) == minute(20)
    assert waits_since(arrived_at=minute(25), due_at=minute(20)) == minute(25)
    assert waits_since(arrived_at=minute(0), due_at=None) == minute(0)


@pytest.mark.parametrize(
    ("minutes", "tone"), [(0, "good"), (7, "good"), (8, "warning"), (15, "warning"), (16, "bad"), (90, "bad")]
)
def test_colour_of_a_wait(minutes, tone):
    assert tone_of(minutes, limit=15) == tone


def test_late_counts_from_the_appointed_time():
    assert late_minutes(due_at=minute(0), at=minute(12)) == 12
    assert late_minutes(due_at=minute(20), at=minute(12)) == 0


def test_average_counts_those_who_still_wait():
    assert average_wait([], at=minute(0)) is None
    assert average_wait([(minute(0), minute(10))], at=minute(60)) == 10
    assert average_wait([(minute(0), minute(10)), (minute(20), None)], at=minute(60)) == 25


KNOWN = {
    key: Sign(key=key, label=key, level=level, advice="", specialty=specialty)
    for key, level, specialty in [
        ("bleeding", "emergency", "oral_surgery"), ("pain", "urgent", "endodontics"), ("check", "routine", "general"),
    ]
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "level", "specialty"),
    [
        ([], Urgency.ROUTINE, ""),
        (["unknown"], Urgency.ROUTINE, ""),
        (["check"], Urgency.ROUTINE, "general"),
        (["check", "pain"], Urgency.URGENT, "endodontics"),
        (["pain", "check", "bleeding"], Urgency.EMERGENCY, "oral_surgery"),
    ],
)
def test_gravest_sign_decides(found, level, specialty):
    assert (level_of(found, KNOWN), specialty_of(found, KNOWN)) == (level, specialty)


@pytest.mark.parametrize(
    ("preferred", "states", "chosen"),
    [
        ([], [], None),
        (["a"], [("a", "free"), ("b", "free")], "a"),
        ([None, "b"], [("a", "free"), ("b", "free")], "b"),
        (["a"], [("a", "cleaning"), ("b", "free")], "b"),
        (["a"], [("a", "occupied"), ("b", "out_of_order")], None),
    ],
)
def test_chair_that_is_proposed(preferred, states, chosen):
    assert chair_for(preferred, states) == chosen


@pytest.mark.parametrize("before", ChairState.values)
@pytest.mark.parametrize("after", ChairState.values)
def test_chair_is_never_set_occupied_by_hand_nor_away_from_a_patient(before, after):
    assert may_set(before, after, has_patient=False) is (after in BY_HAND[ChairState(before)])
    assert not may_set(before, "occupied", has_patient=False)
    assert not may_set(before, after, has_patient=True)

"""The order of calling over a day: nobody waits for ever, emergencies go first, who comes back gets a fair place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.reception.rules.queue import calling_order, next_to_call, place_of, place_on_return
from tests.reception.test_rules import minute, queues, waiting

people = queues().filter(lambda queue: len(queue) > 0)


@pytest.mark.parametrize(
    ("queue", "order"),
    [
        # an ordinary walk-in stands like an appointment an hour after coming
        ([waiting(1, 0), waiting(2, 5, due=61)], [1, 2]),
        ([waiting(1, 0), waiting(2, 5, due=59)], [2, 1]),
        # who was not there stands behind all who are, however early
        ([waiting(1, 0, due=0, is_parked=True), waiting(2, 30, due=90)], [2, 1]),
        ([waiting(1, 0, due=0, place_at=minute(40)), waiting(2, 0, due=40), waiting(3, 0, due=41)], [2, 1, 3]),
        # the clinic's own patience and lateness
        ([waiting(1, 0, patience=timedelta(minutes=10)), waiting(2, 5, due=20)], [1, 2]),
        ([waiting(1, 10, due=0, late_after=timedelta(minutes=5)), waiting(2, 0, due=5)], [2, 1]),
    ],
)
def test_order_with_patience_and_places(queue, order):
    assert [one.key for one in calling_order(queue)] == order


@given(people, st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=40))
def test_nobody_is_overtaken_for_ever(queue, later):
    """However many come later: only those with an earlier place go first, and places on the line of time run out."""
    first = calling_order(queue)[-1]
    newcomers = [
        waiting(100 + number, 600 + after, due=600 + after if booked else None)
        for number, (after, booked) in enumerate(later)
    ]

    order = calling_order([*queue, *newcomers])

    before = order[: order.index(first)]
    end = place_of(first)[2]
    assert all(one in queue or one.is_emergency or place_of(one)[2] <= end or first.rank > one.rank for one in before)
    if not first.is_emergency and first.rank <= 0:
        assert not [one for one in before if one in newcomers and place_of(one)[2] > end]


@given(queues(), st.randoms(use_true_random=False))
def test_everybody_is_called_once_until_nobody_is_left(queue, chance):
    left, called = list(queue), []
    while left:
        busy = {dentist for dentist in "abc" if chance.random() < 0.5}
        found = next_to_call(left, busy=busy)
        assert found is not None
        if any(one.is_emergency for one in left):
            assert found.is_emergency
        left.remove(found)
        called.append(found.key)

    assert sorted(called) == sorted(one.key for one in queue)


@given(queues(), st.randoms(use_true_random=False))
def test_who_is_not_there_is_called_only_when_nobody_else_is(queue, chance):
    mixed = [replace(one, is_parked=chance.random() < 0.4) for one in queue]

    found = next_to_call(mixed)

    if found is not None and found.is_parked:
        assert all(one.is_parked for one in mixed)


@given(people, st.integers(0, 4), st.integers(0, 11))
def test_who_comes_back_loses_the_turn_and_no_more(queue, behind, which):
    one = queue[which % len(queue)]
    others = [other for other in queue if other is not one]

    rank, place = place_on_return(replace(one, is_parked=True), others, behind=behind)
    back = replace(one, rank=rank, place_at=place)

    here = [other for other in calling_order(others) if not other.is_emergency]
    order = calling_order([*others, back])
    ahead = [other for other in order[: order.index(back)] if not other.is_emergency]
    if one.is_emergency or behind == 0 or not here:
        assert (rank, place) == (one.rank, one.place_at)
        return
    last = here[min(behind, len(here)) - 1]
    assert here[: min(behind, len(here))] == ahead[: min(behind, len(here))]
    assert all(place_of(other)[:3] <= max(place_of(last)[:3], place_of(one)[:3]) for other in ahead)


def test_emergency_that_comes_back_is_first_again():
    emergency = waiting(1, 0, is_emergency=True, is_parked=True)

    assert place_on_return(emergency, [waiting(2, 0, due=0)], behind=1) == (0, None)


def test_back_behind_the_next_and_before_all_others():
    missing, others = waiting(1, 0, due=0), [waiting(2, 0, due=10), waiting(3, 0, due=20), waiting(4, 0, due=30)]

    rank, place = place_on_return(missing, others, behind=1)

    back = replace(missing, rank=rank, place_at=place)
    assert [one.key for one in calling_order([*others, back])] == [2, 1, 3, 4]
    assert place_on_return(missing, [], behind=1) == (0, None)
    assert place_on_return(waiting(9, 0, due=60), others, behind=1) == (0, None)

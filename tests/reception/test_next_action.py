"""The one thing to do next: what stands first, and that it always can be done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.reception.rules.next_action import (
    RULES,
    Act,
    Guest,
    Limits,
    Moment,
    Standing,
    called_is_missing,
    next_action,
    waits_too_long,
)
from tests.reception.test_rules import waiting


def guest(number, *, arrived=0, **more):
    entry = {name: more.pop(name) for name in ("due", "is_emergency", "is_urgent", "dentist") if name in more}
    return Guest(entry=waiting(number, arrived, **entry), **more)


FREE = {"on_duty": frozenset("ab")}
LONG = guest(1, dentist="a", waited=22)
CALLED = guest(2, dentist="a", called=1, calls=1, chair="c1")
MISSING = guest(3, dentist="a", called=4, calls=1)
GONE = guest(4, dentist="a", called=4, calls=2)
READY = guest(5, dentist="b", waited=3, chair="c2")
EMERGENCY = guest(6, is_emergency=True, waited=1)
PARKED = guest(7, dentist="a", waited=40, parked=12)
CLEANING = Standing(key="c3", minutes=9)
PAYING = Standing(key="v9", minutes=6)
LATE = Standing(key="p1", minutes=18)


@pytest.mark.parametrize(
    ("moment", "act", "key"),
    [
        (Moment(), None, None),
        (Moment(guests=[EMERGENCY, MISSING, READY, LONG], **FREE), Act.CALL, 6),
        (Moment(guests=[MISSING, READY, LONG], **FREE), Act.CALL_AGAIN, 3),
        (Moment(guests=[GONE, MISSING], **FREE), Act.CALL_AGAIN, 3),
        (Moment(guests=[GONE, READY], **FREE), Act.PARK, 4),
        (Moment(guests=[READY, LONG], **FREE), Act.CALL, 5),
        # the dentist is busy, or somebody is on the way already: then the next thing
        (Moment(guests=[READY, LONG], busy=frozenset("b"), **FREE), Act.TELL, 1),
        (Moment(guests=[guest(5, dentist="a", waited=3, chair="c2"), CALLED], **FREE), Act.SEAT, 2),
        (Moment(guests=[READY]), None, None),
        (Moment(guests=[guest(8, waited=3, chair="c1")], **FREE), Act.CALL, 8),
        (Moment(guests=[guest(8, waited=3, chair="c1")]), None, None),
        (Moment(guests=[LONG], cleaning=[CLEANING], **FREE), Act.FREE_CHAIR, "c3"),
        (Moment(guests=[LONG], cleaning=[Standing(key="c3", minutes=2)], **FREE), Act.TELL, 1),
        (Moment(guests=[guest(1, dentist="a", waited=22, told=3)], **FREE), None, None),
        (Moment(guests=[guest(1, dentist="a", waited=32, told=10)], **FREE), Act.TELL, 1),
        (Moment(guests=[guest(1, dentist="a", waited=14)], paying=[PAYING], late=[LATE], **FREE), Act.CHECK_OUT, "v9"),
        (Moment(paying=[Standing(key="v9", minutes=1)], late=[LATE], guests=[PARKED]), Act.NO_SHOW, "p1"),
        (Moment(guests=[PARKED]), Act.RETURN, 7),
        (Moment(guests=[guest(7, parked=3)]), None, None),
    ],
)
def test_what_stands_first(moment, act, key):
    found = next_action(moment)

    assert (found.act if found else None, found.key if found else None) == (act, key)


def test_reason_carries_its_figures():
    found = next_action(Moment(guests=[LONG], frees_in=5))

    assert (found.rule, found.minutes, found.count) == ("waits_too_long", 22, 5)


def test_a_clinic_may_have_its_own_rules():
    moment = Moment(guests=[LONG, MISSING], limits=Limits(prompt=30))

    assert next_action(moment, rules=[waits_too_long]) is None
    assert next_action(moment, rules=[waits_too_long, called_is_missing]).act == Act.CALL_AGAIN
    assert next_action(moment, rules=[]) is None


minutes = st.integers(0, 60)
guests = st.builds(
    lambda number, emergency, dentist, waited, called, told, parked, chair: guest(
        number,
        is_emergency=emergency,
        dentist=dentist,
        waited=waited,
        called=called if parked is None else None,
        calls=1 if called is not None else 0,
        told=told,
        parked=parked,
        chair=chair,
    ),
    st.integers(1, 10_000),
    st.booleans(),
    st.none() | st.sampled_from("ab"),
    minutes,
    st.none() | minutes,
    st.none() | minutes,
    st.none() | minutes,
    st.none() | st.sampled_from(["c1", "c2"]),
)
standing = st.lists(st.builds(lambda n, m: Standing(key=f"s{n}", minutes=m), st.integers(0, 99), minutes), max_size=4)
moments = st.builds(
    Moment,
    guests=st.lists(guests, max_size=8, unique_by=lambda one: one.entry.number),
    busy=st.frozensets(st.sampled_from("ab")),
    on_duty=st.frozensets(st.sampled_from("ab")),
    cleaning=standing,
    paying=standing,
    late=standing,
)


@given(moments)
def test_what_is_suggested_can_be_done(moment):
    found = next_action(moment)
    if found is None:
        assert all(rule(moment) is None for rule in RULES)
        return
    by_key = {one.entry.key: one for one in moment.guests}
    one = by_key.get(found.key)
    if found.act in {Act.CALL, Act.TELL}:
        assert one in moment.waiting
    if found.act in {Act.CALL_AGAIN, Act.PARK, Act.SEAT}:
        assert one is not None
        assert one.called is not None
    if found.act == Act.SEAT:
        assert one.chair is not None
    if found.act == Act.RETURN:
        assert one.parked is not None
    if found.act == Act.FREE_CHAIR:
        assert found.key in {thing.key for thing in moment.cleaning}


@given(moments)
def test_an_emergency_that_waits_is_always_first(moment):
    if any(one.entry.is_emergency for one in moment.waiting):
        found = next_action(moment)

        assert found.act == Act.CALL
        assert moment.guest(found.key).entry.is_emergency


@given(moments)
def test_the_same_moment_gives_the_same_advice(moment):
    turned = Moment(
        guests=list(reversed(moment.guests)), busy=moment.busy, on_duty=moment.on_duty, cleaning=moment.cleaning,
        paying=moment.paying, late=moment.late,
    )  # fmt: skip

    assert next_action(turned) == next_action(moment)

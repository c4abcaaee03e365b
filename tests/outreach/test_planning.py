"""When a message goes out: tables, and a clock that walks through days beside a plain statement of the rules."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incisor.kernel.clock import local, moment
from incisor.messaging.rules import without_link
from incisor.outreach.enums import Moment, TaskKind, Way, WhyNone
from incisor.outreach.rules import (
    WEEKEND,
    WORKDAYS,
    Coming,
    House,
    Rule,
    allowed_from,
    due_at,
    families,
    family_due,
    first_send,
    is_calling_time,
    is_due,
    is_for,
    overlapping,
    plan,
    reach,
    stretches_of,
    urgency,
    way_for,
)
from incisor.outreach.rules.words import Told, day_words, preview, values_for
from incisor.patients.enums import ContactChannel

ZONE = "Asia/Shanghai"
OLD = datetime(2025, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
HOUSE = House(zone=ZONE, quiet_from=time(21), quiet_until=time(8))


def rule(**over):
    values = {
        "id": uuid.UUID(int=1), "moment": Moment.DAYS_BEFORE, "amount": 1, "at_time": time(10),
        "channels": (Way.SMS,), "active_since": OLD,
    }  # fmt: skip
    return Rule(**{**values, **over})


def coming(**over):
    values = {
        "id": uuid.UUID(int=2), "starts_at": moment(MONDAY + timedelta(days=7), time(10), ZONE), "known_since": OLD,
        "procedures": frozenset(), "family": "phone", "wish": ContactChannel.SMS,
    }  # fmt: skip
    return Coming(**{**values, **over})


@pytest.mark.parametrize(
    ("over", "closed", "day", "clock"),
    [
        ({}, (), 6, time(10)),
        ({"amount": 3, "at_time": time(18, 30)}, (), 4, time(18, 30)),
        ({}, (6,), 5, time(10)),
        ({}, (6, 5, 4), 3, time(10)),
        ({"moment": Moment.HOURS_BEFORE, "amount": 2}, (), 7, time(8)),
        ({"moment": Moment.HOURS_BEFORE, "amount": 24}, (6,), 5, time(10)),
        ({"moment": Moment.HOURS_BEFORE, "amount": 2}, (7,), 6, time(8)),
    ],
)
def test_due_at(over, closed, day, clock):
    house = House(
        zone=ZONE,
        quiet_from=time(21),
        quiet_until=time(8),
        closed=frozenset(MONDAY + timedelta(days=n) for n in closed),
    )

    found = due_at(rule(**over), starts_at=coming().starts_at, house=house)

    assert found == moment(MONDAY + timedelta(days=day), clock, ZONE)


def test_clinic_that_is_closed_for_ever_is_not_searched_for_ever():
    closed = frozenset(MONDAY + timedelta(days=n) for n in range(-60, 30))
    house = House(zone=ZONE, quiet_from=time(21), quiet_until=time(8), closed=closed)

    assert due_at(rule(), starts_at=coming().starts_at, house=house) < coming().starts_at


def test_a_clinic_that_sends_on_closed_days_does_not_look_at_them():
    closed = frozenset({MONDAY + timedelta(days=6)})
    house = House(zone=ZONE, quiet_from=time(21), quiet_until=time(8), closed=closed, is_sent_on_closed_days=True)

    assert due_at(rule(), starts_at=coming().starts_at, house=house) == moment(
        MONDAY + timedelta(days=6), time(10), ZONE
    )


@pytest.mark.parametrize(
    ("of_rule", "of_coming", "why"),
    [
        ({}, {}, ""),
        ({"active_since": datetime(2026, 3, 8, 3, tzinfo=UTC)}, {}, WhyNone.OLD_RULE),
        ({}, {"known_since": datetime(2026, 3, 8, 1, tzinfo=UTC)}, WhyNone.JUST_BOOKED),
        ({}, {"known_since": datetime(2026, 3, 8, 0, 59, tzinfo=UTC)}, ""),
        (
            {"moment": Moment.HOURS_BEFORE, "amount": 3},
            {"starts_at": moment(MONDAY, time(8, 20), ZONE)},
            WhyNone.TOO_LATE,
        ),
        ({}, {"wish": ContactChannel.NONE}, WhyNone.NO_CONTACT),
        ({}, {"family": ""}, WhyNone.NO_ADDRESS),
        ({"channels": (Way.EMAIL,)}, {}, WhyNone.NO_WAY),
    ],
)
def test_plan_says_why_nobody_is_told(of_rule, of_coming, why):
    found = plan(rule(**of_rule), coming(**of_coming), HOUSE)

    assert (found.why, bool(found.way)) == (why, why == "")


@pytest.mark.parametrize(
    ("wish", "channels", "has_email", "way"),
    [
        ("phone", ("wechat", "sms", "call"), False, "sms"),
        ("phone", ("call", "sms"), False, "call"),
        ("wechat", ("sms", "wechat"), False, "wechat"),
        ("wechat", ("sms", "call"), False, "call"),
        ("email", ("email", "call"), True, "email"),
        ("email", ("email", "call"), False, "call"),
        ("sms", ("wechat",), False, ""),
    ],
)
def test_way_for(wish, channels, has_email, way):
    assert way_for(rule(channels=channels), coming(wish=wish, has_email=has_email))[0] == way


def test_rule_without_procedures_is_for_all():
    assert is_for(rule(), frozenset())
    assert not is_for(rule(procedures=frozenset({"a"})), frozenset({"b"}))
    assert is_for(rule(procedures=frozenset({"a"})), frozenset({"a", "b"}))


def test_reach_is_that_of_the_earliest():
    assert reach([]) == timedelta(0)
    assert reach([rule(amount=2), rule(moment=Moment.HOURS_BEFORE, amount=5)]) == timedelta(days=3)


# ---- the walking clock ---------------------------------------------------------------------------------------------

RULES = st.builds(
    rule,
    id=st.just(uuid.UUID(int=1)),
    moment=st.sampled_from([Moment.DAYS_BEFORE, Moment.HOURS_BEFORE]),
    amount=st.integers(1, 4),
    at_time=st.sampled_from([time(7, 30), time(10), time(18), time(22)]),
    channels=st.just((Way.SMS, Way.CALL)),
)
PEOPLE = st.lists(
    st.builds(
        lambda number, minutes, since, family, wish: coming(
            id=uuid.UUID(int=number), starts_at=moment(MONDAY, time(0), ZONE) + timedelta(minutes=10 * minutes),
            known_since=moment(MONDAY, time(0), ZONE) + timedelta(minutes=10 * since), family=family, wish=wish,
        ),
        st.integers(10, 10_000), st.integers(4 * 144, 8 * 144), st.integers(-500, 7 * 144),
        st.sampled_from(["a", "b", ""]), st.sampled_from(["sms", "phone", "none", "wechat"]),
    ),
    max_size=5, unique_by=lambda one: one.id,
)  # fmt: skip
HOUSES = st.builds(
    House, zone=st.just(ZONE), quiet_from=st.sampled_from([time(20), time(21), time(12)]),
    quiet_until=st.sampled_from([time(7), time(8), time(9)]),
    closed=st.frozensets(st.integers(0, 8).map(lambda n: MONDAY + timedelta(days=n)), max_size=3),
    is_sent_on_closed_days=st.booleans(),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(rules=st.lists(RULES, min_size=1, max_size=2, unique_by=lambda one: (one.moment, one.amount)), people=PEOPLE, house=HOUSES,
       away=st.integers(0, 8 * 24))  # fmt: skip
def test_a_clock_that_walks_tells_each_once_and_only_when_it_may(rules, people, house, away):
    """Every quarter of an hour, but for six hours in which the worker was away, everything that is due is told."""
    rules = [rule(**{**vars(one), "id": uuid.UUID(int=number)}) for number, one in enumerate(rules, 1)]
    plans = [plan(one, who, house) for one in rules for who in people]
    begin, told = moment(MONDAY, time(0), ZONE), {}
    for step in range(9 * 96):
        if away * 4 <= step < away * 4 + 24:
            continue
        at = begin + timedelta(minutes=15 * step)
        rest = [one for one in plans if one.way and (one.rule, one.appointment) not in told]
        for group in families(rest):
            for one in family_due(group, at, house):
                told[one.rule, one.appointment] = (at, group)

    for one in plans:
        key = (one.rule, one.appointment)
        mine = next(rule for rule in rules if rule.id == one.rule)
        who = next(who for who in people if who.id == one.appointment)
        if key in told:
            at, group = told[key]
            assert is_quiet(at, house) is False
            assert at < who.starts_at - timedelta(minutes=30)
            assert min(other.send_at for other in group) <= at
            assert len({other.family for other in group}) == 1
            assert due_at(mine, starts_at=who.starts_at, house=house) - timedelta(hours=1) > who.known_since
        elif one.way and told_by_hand(one, begin, away, house):
            raise AssertionError(f"lost: {one}")


def is_quiet(at, house):
    clock = local(at, ZONE).time()
    if house.quiet_from <= house.quiet_until:
        return house.quiet_from <= clock < house.quiet_until
    return clock >= house.quiet_from or clock < house.quiet_until


def told_by_hand(one, begin, away, house):
    """Tell whether there was any quarter of an hour at which the message could have gone out."""
    steps = (step for step in range(9 * 96) if not away * 4 <= step < away * 4 + 24)
    moments = (begin + timedelta(minutes=15 * step) for step in steps)
    return any(one.send_at <= at < one.expires_at and not is_quiet(at, house) for at in moments)


@settings(max_examples=60, deadline=None)
@given(minutes=st.integers(0, 3 * 1440), house=HOUSES)
def test_allowed_from_is_the_first_moment_that_is_not_quiet(minutes, house):
    at = moment(MONDAY, time(0), ZONE) + timedelta(minutes=minutes)

    found = allowed_from(at, house)

    by_hand = next(at + timedelta(minutes=n) for n in range(2000) if not is_quiet(at + timedelta(minutes=n), house))
    assert found == by_hand


def test_calls_and_people_without_a_phone_stand_alone():
    one = plan(rule(channels=(Way.CALL,)), coming(), HOUSE)
    two = plan(rule(channels=(Way.CALL,)), coming(id=uuid.UUID(int=3)), HOUSE)
    nobody = [plan(rule(), coming(id=uuid.UUID(int=n), family=""), HOUSE) for n in (4, 5)]

    groups = families([one, two, *nobody])

    assert [len(group) for group in groups] == [1, 1, 1, 1]
    assert first_send(groups[0]) == one.send_at
    assert family_due(groups[0], one.send_at - timedelta(minutes=1), HOUSE) == ()
    assert not is_due(nobody[0], nobody[0].send_at, HOUSE)


# ---- words and calls -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("apart", "zh", "en"),
    [
        (0, "今天（3月4日周三）", "today, Wednesday 4 March"),
        (1, "明天（3月4日周三）", "tomorrow, Wednesday 4 March"),
        (2, "后天（3月4日周三）", "Wednesday 4 March"),
        (5, "3月4日周三", "Wednesday 4 March"),
    ],
)
def test_day_words(apart, zh, en):
    day = date(2026, 3, 4)

    assert day_words(day, sent_on=day - timedelta(days=apart), is_chinese=True) == zh
    assert day_words(day, sent_on=day - timedelta(days=apart), is_chinese=False) == en


def test_values_name_each_once():
    told = [
        Told(patient="甲", dentist="李", wall=datetime(2026, 3, 4, 9)),
        Told(patient="乙", dentist="李", wall=datetime(2026, 3, 4, 10)),
    ]

    zh = values_for(told, sent_on=date(2026, 3, 3), is_chinese=True)
    en = values_for(told, sent_on=date(2026, 3, 3), is_chinese=False)

    assert (zh["patient"], zh["time"], zh["dentist"]) == ("甲、乙", "09:00、10:00", "李")
    assert zh["visits"] == "09:00 甲（李医生）；10:00 乙（李医生）"
    assert en["visits"] == "09:00 甲 (Dr 李); 10:00 乙 (Dr 李)"


def test_preview_fills_everything():
    body = "{clinic}{patient}{date}{day}{time}{dentist}{phone}{procedure}{visits}{link}"

    for is_chinese in (True, False):
        assert "{" not in preview(body, clinic="C", phone="1", is_chinese=is_chinese, today=date(2026, 3, 3))


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("您好，{day}见。请点{link}确认，或致电1", "您好，{day}见。或致电1"),
        ("See you {day}. To confirm: {link}. Phone 1", "See you {day}. Phone 1"),
        ("{day} {link}", "{day}"),
        ("您好，{day}见", "您好，{day}见"),
        ("您好，请点{link}", "您好"),
    ],
)
def test_without_link(body, left):
    assert without_link(body) == left


@pytest.mark.parametrize(
    ("kind", "days", "due", "hour", "expected"),
    [
        ("missed", 0, 30, 10, 0),
        ("missed", 0, -30, 15, 0),
        ("missed", 0, 90, 10, 2),
        ("confirm", -1, None, 10, 1),
        ("confirm", -1, None, 12, 3),
        ("rebook", -1, None, 9, 1),
        ("confirm", 0, None, 9, 3),
        ("protocol", -1, None, 9, 3),
    ],
)
def test_urgency(kind, days, due, hour, expected):
    at = moment(MONDAY, time(hour), ZONE)

    found = urgency(
        kind=TaskKind(kind), due_on=MONDAY + timedelta(days=days), at=at, today=MONDAY, wall=time(hour),
        due_at=at + timedelta(minutes=due) if due is not None else None, leftover_until=time(12),
    )  # fmt: skip

    assert found == expected


def test_stretches():
    assert stretches_of([], WORKDAYS) == WORKDAYS
    assert stretches_of([["09:00", "12:00"]], WORKDAYS) == ((time(9), time(12)),)
    assert not overlapping(WORKDAYS)
    assert overlapping([(time(9), time(12)), (time(11), time(13))])
    assert overlapping([(time(12), time(9))])
    assert is_calling_time(datetime(2026, 3, 7, 15), workdays=WORKDAYS, weekend=WEEKEND)
    assert not is_calling_time(datetime(2026, 3, 7, 11), workdays=WORKDAYS, weekend=WEEKEND)

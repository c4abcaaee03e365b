"""How long somebody will wait: the rules, and how often they are right on days that nobody has seen before."""

from datetime import UTC, datetime, timedelta

import pytest

from incisor.reception.models import FlowRules
from incisor.reception.queries.waits import Flow, _expected_in_line
from incisor.reception.rules.waits import (
    MOST,
    PRIOR_MEAN,
    PRIOR_SPREAD,
    InLine,
    Length,
    Range,
    Treating,
    expected_waits,
    kept_share,
    left_of,
    lengths_of,
)
from incisor.scheduling.models import Appointment
from tests.reception.daysim import learned, play

LEARNS_FROM, TRIED_ON = range(20), range(1000, 1040)
PROMISED = 0.80


def one(key, dentist="a", place=0, **more):
    return InLine(key=key, dentist=dentist, place=(place,), **more)


def test_nobody_treats_so_nobody_can_tell():
    assert expected_waits([], [one(1)], turnover=4) == {}
    assert expected_waits([Treating(key="b")], [one(1)], turnover=4) == {}


def test_a_free_dentist_calls_at_once():
    assert expected_waits([Treating(key="a")], [one(1)], turnover=4)[1].low == 0
    assert expected_waits([Treating(key="a")], [one(1)], turnover=4)[1].high <= 10


def test_the_longer_the_line_the_later_and_the_wider():
    waits = expected_waits([Treating(key="a", free_in=10, spread=3)], [one(n, place=n) for n in range(5)], turnover=4)

    lows, widths = [waits[n].low for n in range(5)], [waits[n].high - waits[n].low for n in range(5)]
    assert lows == sorted(lows)
    assert widths[-1] > widths[0]
    assert waits[1].low >= 20


def test_who_goes_to_anybody_goes_to_whoever_is_free_first():
    waits = expected_waits(
        [Treating(key="a", free_in=60), Treating(key="b", free_in=5)], [one(1, dentist=None)], turnover=4
    )

    assert waits[1].high <= 20


def test_a_dentist_who_says_to_be_late_is_late():
    waits = expected_waits([Treating(key="a", late_by=40)], [one(1)], turnover=4)

    assert 40 in waits[1]
    assert waits[1].low >= 30


def test_more_dentists_than_chairs_wait_for_a_chair():
    dentists = [Treating(key="a"), Treating(key="b")]
    line = [one(1, "a"), one(2, "b", place=1)]

    assert expected_waits(dentists, line, turnover=4, chairs=[0.0, 0.0])[2].low == 0
    assert expected_waits(dentists, line, turnover=4, chairs=[0.0])[2].low >= 20


def test_whoever_is_expected_first_goes_first_but_only_when_there():
    expected = one(9, place=0, comes_in=15, minutes=30)

    waits = expected_waits([Treating(key="a")], [one(1, place=5), expected], turnover=4)

    assert waits[1].high <= 10  # nobody sits idle for somebody who is not there
    busy = expected_waits([Treating(key="a", free_in=20)], [one(1, place=5), expected], turnover=4)
    assert busy[1].low >= 35


@pytest.mark.parametrize(("late_minutes", "keeps_place"), [(30, True), (15, False)])
def test_whoever_is_expected_loses_the_place_by_the_clinics_own_rule(late_minutes, keeps_place):
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    due = at - timedelta(minutes=20)
    booked = Appointment(starts_at=due, ends_at=at)
    flow = Flow(rules=FlowRules(late_minutes=late_minutes), lengths={}, late={})

    place = _expected_in_line(booked, {}, flow, at).place

    assert place[2] == (due if keeps_place else at)


def test_no_promise_is_endless():
    line = [one(n, place=n, minutes=120, spread=60) for n in range(9)]

    found = expected_waits([Treating(key="a")], line, turnover=4)[8]

    assert found == Range(low=MOST - 5, high=MOST)


def test_what_goes_on_longer_than_expected_lasts_a_little_longer_still():
    fresh, _spread = left_of(planned=30, length=Length(mean=1.0, spread=0.2), passed=0)
    late, _ = left_of(planned=30, length=Length(mean=1.0, spread=0.2), passed=40)
    very_late, _ = left_of(planned=30, length=Length(mean=1.0, spread=0.2), passed=300)

    assert 29 <= fresh <= 31
    assert 1 <= late < 6
    assert 1 <= very_late < 3
    assert left_of(planned=30, length=Length(), passed=29, said=12)[0] == 12
    assert left_of(planned=30, length=Length(), passed=29, said=-5)[0] == 1


def test_lengths_lean_on_what_is_known_until_there_is_enough():
    assert lengths_of({})[""].mean == PRIOR_MEAN
    assert lengths_of({})[""].spread == PRIOR_SPREAD
    many = lengths_of({"filling": [1.5] * 200, "rare": [0.5], "never": []})
    assert many["filling"].mean == pytest.approx(1.48, abs=0.02)
    assert many["filling"].spread < 0.1
    assert many["rare"].mean > 1.2  # one case does not make a rule
    assert "never" not in many


def test_share_of_kept_promises():
    assert kept_share([]) is None
    assert kept_share([(0, 10, 5.0), (5, 10, 11.0)]) == 0.5


def test_ranges_hold_on_days_that_nobody_has_seen():
    """40 invented days, 30 to 100 patients each: the share of real waits inside the promised range."""
    lengths = learned(LEARNS_FROM)
    told = [promise for seed in TRIED_ON for promise in play(seed, lengths).told]

    assert len(told) > 1500
    share = kept_share(told)
    assert share is not None
    assert share >= PROMISED
    longer = sum(real > high for _low, high, real in told) / len(told)
    assert longer <= 0.12
    assert sum(high - low for low, high, _real in told) / len(told) <= 32


def test_the_same_seed_plays_the_same_day_and_loses_nobody():
    day, again = play(7), play(7)

    assert [guest.seated for guest in day.guests] == [guest.seated for guest in again.guests]
    assert all(guest.seated is not None for guest in day.guests if guest.arrives is not None)
    emergencies = [guest for guest in day.guests if guest.is_emergency]
    assert emergencies
    for guest in emergencies:
        later = [other for other in day.guests if other.dentist is None and not other.is_emergency and other.seated]
        assert not [other for other in later if guest.arrives < other.seated < guest.seated]

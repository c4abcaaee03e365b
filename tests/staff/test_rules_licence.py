"""Licences, hours in two clinics, the empty desk: plain tables."""

from datetime import date, time

import pytest

from incisor.clinics.rules import WeeklyHours
from incisor.staff.rules import licence_state, monday_of, overlapping_weekday, uncovered


@pytest.mark.parametrize(
    ("expires_on", "state"),
    [
        (None, "missing"),
        (date(2026, 3, 1), "expired"),
        (date(2026, 3, 2), "soon"),
        (date(2026, 5, 1), "soon"),
        (date(2026, 5, 2), "good"),
    ],
)
def test_licence_state(expires_on, state):
    assert licence_state(expires_on, date(2026, 3, 2)) == state


@pytest.mark.parametrize(
    ("other", "day"),
    [
        (WeeklyHours(0, time(8), time(9)), None),
        (WeeklyHours(0, time(8), time(9, 5)), 0),
        (WeeklyHours(1, time(9), time(17)), None),
        (WeeklyHours(0, time(9), time(17), valid_from=date(2027, 1, 1)), None),
        (WeeklyHours(0, time(9), time(17), valid_until=date(2026, 3, 1)), None),
        (WeeklyHours(0, time(9), time(17), valid_until=date(2026, 3, 2)), 0),
    ],
)
def test_overlapping_weekday(other, day):
    mine = [WeeklyHours(0, time(9), time(17))]

    found = overlapping_weekday(mine, [other], valid_from=date(2026, 3, 2), valid_until=date(2026, 12, 31))

    assert found == day


def test_uncovered_is_what_is_open_and_nobody_is_there():
    assert uncovered(opened=[(540, 1080)], present=[(540, 720), (780, 1020)]) == [(720, 780), (1020, 1080)]


@pytest.mark.parametrize("day", range(2, 9))
def test_monday_of(day):
    assert monday_of(date(2026, 3, day)) == date(2026, 3, 2)

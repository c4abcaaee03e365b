from datetime import UTC, datetime, timedelta

import pytest

from incisor.accounts.rules import device_of, is_idle, locked_until, minutes_left

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def times(*minutes):
    return [NOON + timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("failures", "until"),
    [
        ([], None),
        ([0, 1, 2, 3], None),
        ([0, 1, 2, 3, 4], 5),  # the fifth: one minute
        ([0, 4, 8, 12, 16], None),  # never five within fifteen minutes
        ([0, 0, 0, 0, 0, 1], 3),  # the sixth: two minutes
        ([0, 0, 0, 0, 0, 1, 3], 8),
        ([0, 0, 0, 0, 0, 1, 3, 8], 23),
        ([0, 0, 0, 0, 0, 1, 3, 8, 23], 53),
        ([0, 0, 0, 0, 0, 1, 3, 8, 23, 53], 113),
        ([0, 0, 0, 0, 0, 1, 3, 8, 23, 53, 113], 173),  # never longer than an hour
        ([0, 0, 0, 0, 0, 16], 1),  # quiet for fifteen minutes after the lock: anew
        ([0, 0, 0, 0, 0, 16, 17, 18, 19, 20], 21),
    ],
)
def test_locked_until(failures, until):
    found = locked_until(times(*failures), limit=5)

    assert found == (None if until is None else NOON + timedelta(minutes=until))


@pytest.mark.parametrize(("seconds", "minutes"), [(-5, 1), (1, 1), (60, 1), (61, 2), (3600, 60)])
def test_minutes_left(seconds, minutes):
    assert minutes_left(NOON + timedelta(seconds=seconds), at=NOON) == minutes


@pytest.mark.parametrize(
    ("minutes", "limit", "idle"), [(14, 10, False), (15, 10, False), (16, 10, True), (-5, 10, False), (9999, 0, False)]
)
def test_is_idle(minutes, limit, idle):
    assert is_idle(seen_at=NOON, at=NOON + timedelta(minutes=minutes), idle_minutes=limit) is idle


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/128.0 Safari/537.36 Edg/128.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15", ("Safari", "macOS")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0", ("WeChat", "iPhone")),
        ("curl/8.0", ("", "")),
    ],
)
def test_device_of(agent, device):
    assert device_of(agent) == device

"""Decisions about signing in, on plain values: when a name is locked out, what a device is called."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FAILURES_PER_NAME = 5
FAILURES_PER_ORIGIN = 20
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
MEMORY = timedelta(hours=24)


def locked_until(failures: Iterable[datetime], *, limit: int) -> datetime | None:
    """Return until when nobody may try again, None when it was never locked.

    failures: in order. The limit-th failure within 15 minutes locks for a minute; each further failure locks longer, up to
    an hour. Whoever stays quiet for 15 minutes after a lock has ended begins anew.
    """
    recent: list[datetime] = []
    until: datetime | None = None
    locks = 0
    for at in failures:
        if until is None or at >= until + WINDOW:
            recent = [earlier for earlier in recent if at - earlier < WINDOW]
            locks = 0
        recent.append(at)
        if len(recent) >= limit:
            until = at + WAITS[min(locks, len(WAITS) - 1)]
            locks += 1
    return until


def minutes_left(until: datetime, *, at: datetime) -> int:
    """Return the whole minutes to wait, at least 1."""
    return max(1, math.ceil((until - at).total_seconds() / 60))


def is_idle(*, seen_at: datetime, at: datetime, idle_minutes: int) -> bool:
    """Tell whether the server locks the screen by itself: half as long again as the browser waits before it locks."""
    return idle_minutes > 0 and at - seen_at > timedelta(minutes=idle_minutes * 1.5)


# The first that stands in the browser's own description wins: Edge also says Chrome, Chrome also says Safari.
BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("QQBrowser", "QQ Browser"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> tuple[str, str]:
    """Return browser and system that a User-Agent header names, empty where it names none that we know."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return browser, system

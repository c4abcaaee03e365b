"""Waiting times in whole minutes (REQUIREMENTS REC-4)."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
SEPARATORS = re.compile(r"[,;，、；]")


def minutes_between(begin: datetime, end: datetime) -> int:
    """Return the whole minutes that have passed, never less than nothing."""
    return max(0, (end - begin) // MINUTE)


def waits_since(*, arrived_at: datetime, due_at: datetime | None) -> datetime:
    """Return the moment from which waiting is the clinic's fault: who comes early waits from the appointed time on."""
    return arrived_at if due_at is None else max(arrived_at, due_at)


def tone_of(minutes: int, *, limit: int) -> str:
    """Return how a wait is shown: "good", from half of the clinic's limit on "warning", above the limit "bad"."""
    if minutes > limit:
        return "bad"
    return "warning" if 2 * minutes > limit else "good"


def late_minutes(*, due_at: datetime, at: datetime) -> int:
    """Return for how long somebody who is expected should have been here."""
    return minutes_between(due_at, at)


def average_wait(stays: Iterable[tuple[datetime, datetime | None]], *, at: datetime) -> int | None:
    """Return the average minutes from arrival to the chair, None for nobody.

    stays: arrival, and when the patient was seated or went away; None for those who still wait, who count until now.
    """
    minutes = [minutes_between(arrived, seated if seated is not None else at) for arrived, seated in stays]
    return round(sum(minutes) / len(minutes)) if minutes else None


def offers_of(text: str) -> list[str]:
    """Return what the clinic offers to those who wait, one by one: “tea, a magazine” names two things."""
    return list(dict.fromkeys(words for words in map(str.strip, SEPARATORS.split(text)) if words))

"""A note of one line: what was said, and after an @ who is to do it by when: “想改到下周 @王芳 明天10点”."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

END_OF_DAY = time(18)
SOON = timedelta(hours=1)
MARKS = "@＠"
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR_DAYS = {
    "今天": 0,
    "今日": 0,
    "jt": 0,
    "today": 0,
    "明天": 1,
    "明日": 1,
    "mt": 1,
    "tomorrow": 1,
    "后天": 2,
    "ht": 2,
}
PARTS = {
    "上午": time(12), "sw": time(12), "morning": time(12), "中午": time(13), "zw": time(13), "noon": time(13),
    "下午": END_OF_DAY, "xw": END_OF_DAY, "afternoon": END_OF_DAY, "晚上": time(20), "ws": time(20), "evening": time(20),
}  # fmt: skip
_DAY = re.compile(
    r"(?P<near>" + "|".join(sorted(NEAR_DAYS, key=len, reverse=True)) + r")"
    r"|(?P<next>下)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    r"|(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?"
    r"|(?P<in>\d{1,2})(?:天后|d)"
    r"|(?P<english>" + "|".join(ENGLISH_DAYS) + r")"
)
_TIME = re.compile(
    r"(?P<pm>下午|晚上|pm)?(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})|[点时](?P<half>半)?|(?=pm))(?P<end_pm>pm)?"
)
_HOURS = re.compile(r"(?P<hours>\d{1,2})(?:小时(?:内|后)?|h(?![a-z]))")


@dataclass(frozen=True)
class Person:
    """Somebody who can be given a note. keys: name, pinyin, initials, user name, all in lower case."""

    key: Any
    keys: Collection[str]


@dataclass(frozen=True)
class ParsedNote:
    """What a line says. owner: key of the person named, None for whoever wrote it. due: by when, on the wall clock, None when
    nothing is left to do. unknown: words after the mark that are neither a person nor a time."""

    text: str
    owner: Any
    due: datetime | None
    unknown: tuple[str, ...]

    @property
    def is_task(self) -> bool:
        """Tell whether something is left to do: somebody was named, or a time."""
        return self.owner is not None or self.due is not None


def parsed_note(line: str, people: Sequence[Person], *, now: datetime) -> ParsedNote:
    """Read a note. now: the clinic's wall clock.

    Behind the last @ stand a person and a time, in any order: @王芳 明天10点, @wf mt, @fri 15:00, @下周三, @2h. A person without a
    time: by the end of the day, or within an hour when the day is over. A day without a time: by its end.
    """
    cut = max(line.rfind(mark) for mark in MARKS)
    if cut < 0:
        return ParsedNote(line.strip(), None, None, ())
    text, rest = line[:cut].strip(), unicodedata.normalize("NFKC", line[cut + 1 :]).lower()
    owner, day, at, soon = None, None, None, None
    unknown: list[str] = []
    for word in rest.split():
        left = word
        person = _person(left, people)
        if person is None and (found := _longest_name(left, people)) is not None:
            person, left = found
        elif person is not None:
            left = ""
        if person is not None:
            owner = person.key
        if left:
            part = _when(left, now.date())
            if part is None:
                unknown.append(left)
            else:
                day, at, soon = part[0] or day, part[1] or at, part[2] or soon
    due = _due(day, at, soon, now)
    if due is None and owner is not None:
        due = _at(now.date(), END_OF_DAY, now)
        due = due if due > now else now + SOON
    return ParsedNote(text, owner, due, tuple(unknown))


def _person(word: str, people: Sequence[Person]) -> Person | None:
    """Return the one person whom the whole word means, None for nobody or several."""
    exact = [one for one in people if word in one.keys]
    if len(exact) == 1:
        return exact[0]
    beginning = [one for one in people if any(key.startswith(word) for key in one.keys)] if len(word) > 1 else []
    return beginning[0] if not exact and len(beginning) == 1 else None


def _longest_name(word: str, people: Sequence[Person]) -> tuple[Person, str] | None:
    """Return the person whose name the word begins with, and what stands behind it: 王芳明天10点."""
    found = [
        (len(key), one)
        for one in people
        for key in one.keys
        if len(key) > 1 and not key.isascii() and word.startswith(key)
    ]
    if not found:
        return None
    length, person = max(found, key=lambda pair: pair[0])
    return person, word[length:]


When = tuple[date | None, time | None, timedelta | None]


def _when(word: str, today: date) -> When | None:
    """Return day, time and span that the word is made of, None when a part of it is something else."""
    day, at, soon = None, None, None
    left = word
    while left:
        if (hit := _HOURS.match(left)) is not None:
            soon = timedelta(hours=int(hit["hours"]))
        elif (hit := _TIME.match(left)) is not None and _clock(hit) is not None:
            at = _clock(hit)
        elif (hit := _DAY.match(left)) is not None and (named := _day(hit, today)) is not None:
            day = named
        elif (name := next((key for key in PARTS if left.startswith(key)), None)) is not None:
            at, left = PARTS[name], left[len(name) :]
            continue
        else:
            return None
        left = left[hit.end() :]
    return day, at, soon


def _clock(hit: re.Match[str]) -> time | None:
    hour, minute = int(hit["hour"]), int(hit["minute"] or (30 if hit["half"] else 0))
    if (hit["pm"] or hit["end_pm"]) and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(hit: re.Match[str], today: date) -> date | None:
    if hit["near"]:
        return today + timedelta(days=NEAR_DAYS[hit["near"]])
    if hit["in"]:
        return today + timedelta(days=int(hit["in"]))
    if hit["month"]:
        try:
            named = date(today.year, int(hit["month"]), int(hit["day"]))
        except ValueError:
            return None
        return named if named >= today else _next_year(named)
    weekday = WEEKDAYS[hit["weekday"]] if hit["weekday"] else ENGLISH_DAYS.index(hit["english"])
    monday = today - timedelta(days=today.weekday())
    named = monday + timedelta(days=weekday + (7 if hit["next"] else 0))
    return named if named >= today else named + timedelta(days=7)


def _next_year(day: date) -> date | None:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return None


def _at(day: date, wall: time, now: datetime) -> datetime:
    return datetime.combine(day, wall, tzinfo=now.tzinfo)


def _due(day: date | None, at: time | None, soon: timedelta | None, now: datetime) -> datetime | None:
    if soon is not None:
        return now + soon
    if day is None and at is None:
        return None
    due = _at(day or now.date(), at or END_OF_DAY, now)
    if due <= now:
        return due + timedelta(days=1) if day is None else now + SOON
    return due

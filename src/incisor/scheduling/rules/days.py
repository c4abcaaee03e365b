"""Days and hours as people write them: 12-3, 3 (the third), 下周三, 明天, 12月3号; 17, 9:30-11, 下午三点后."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

NUMERALS = {
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip
WEEKDAYS_ZH = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "大后天": 3}
# Whoever says “three o'clock” without more means the afternoon: no clinic opens before eight.
EARLIEST_HOUR = 8
LAST_MINUTE = 24 * 60

ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
DAY = re.compile(r"(\d{1,2})[日号]?")
WEEKDAY_ZH = re.compile(r"(下下|下|本|这)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
WEEKDAY_EN = re.compile(r"(next )?(mon|tue|wed|thu|fri|sat|sun)[a-z]*")


def day_of_text(text: str, *, today: date) -> date | None:
    """Return the day that the text names, None when it names none. What has no year lies ahead, today included."""
    words = " ".join(text.lower().split())
    if words in NEAR:
        return today + timedelta(days=NEAR[words])
    if found := ISO.fullmatch(words):
        return _valid(*map(int, found.groups()))
    if found := MONTH_DAY.fullmatch(words):
        return month_day(int(found[1]), int(found[2]), today=today)
    if found := DAY.fullmatch(words):
        return day_of_month(int(found[1]), today=today)
    if found := WEEKDAY_ZH.fullmatch(words):
        return _weekday(WEEKDAYS_ZH[found[2]], {"下下": 2, "下": 1, "本": 0, "这": 0}.get(found[1]), today)
    if found := WEEKDAY_EN.fullmatch(words):
        return _weekday(WEEKDAYS_EN.index(found[2]), 1 if found[1] else None, today)
    return None


def month_day(month: int, day: int, *, today: date) -> date | None:
    """Return the next such day from today on; 29 February may be years ahead."""
    return next(_from(today, ((year, month, day) for year in range(today.year, today.year + 9))), None)


def day_of_month(day: int, *, today: date) -> date | None:
    """Return the next such day of a month from today on."""
    months = ((today.year + (today.month + n - 1) // 12, (today.month + n - 1) % 12 + 1, day) for n in range(3))
    return next(_from(today, months), None)


def _from(today: date, days: Iterator[tuple[int, int, int]]) -> Iterator[date]:
    for parts in days:
        found = _valid(*parts)
        if found is not None and found >= today:
            yield found


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(weekday: int, weeks: int | None, today: date) -> date:
    """weeks: from this one, None for the next such day."""
    if weeks is None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return today + timedelta(days=weekday - today.weekday() + 7 * weeks)


HOURS = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?(?:[-–~到至](\d{1,2})(?:[:：](\d{2}))?)?")


def hours_of_text(text: str) -> tuple[int, int] | None:
    """Return the minutes of the day from and until which "17", "9:30-11" mean; one hour alone is from then on."""
    found = HOURS.fullmatch(text)
    if found is None:
        return None
    start = int(found[1]) * 60 + int(found[2] or 0)
    end = int(found[3]) * 60 + int(found[4] or 0) if found[3] else LAST_MINUTE
    return (start, end) if start < end <= LAST_MINUTE else None


OCLOCK = r"(\d{1,2}|十[一二]|[一二两三四五六七八九十])点(半)?"
SPOKEN_HOURS = re.compile(
    rf"(上午|早上|下午|晚上)?{OCLOCK}(?:(以后|之后|后)|(以前|之前|前)|[到至-](?:上午|下午|晚上)?{OCLOCK})?"
)


def spoken_hours(found: re.Match[str]) -> tuple[int, int] | None:
    """Return the minutes of the day that a match of SPOKEN_HOURS means: “三点后”, “下午两点到四点”, “十点前”, “9点”."""
    part, hour, half, _after, before, until, until_half = found.groups()
    is_morning = part in ("上午", "早上")
    first = _minute(hour, half, is_morning=is_morning)
    if until is not None:
        span = (first, max(_minute(until, until_half, is_morning=False), first))
    elif before is not None:
        span = (0, first)
    else:
        span = (first, LAST_MINUTE)
    return span if span[0] < span[1] <= LAST_MINUTE else None


def _minute(hour: str, half: str | None, *, is_morning: bool) -> int:
    number = int(hour) if hour.isdecimal() else NUMERALS[hour]
    if number < EARLIEST_HOUR and not is_morning:
        number += 12
    return number * 60 + (30 if half else 0)

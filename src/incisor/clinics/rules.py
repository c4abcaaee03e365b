"""When a clinic is open: opening hours, closures, public holidays, make-up workdays. Plain values, no clock."""

import hashlib
import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any

from incisor.kernel.clock import moment
from incisor.kernel.spans import Span, joined, minute_of, without

HOLIDAY, WORKDAY = "holiday", "workday"
LAST_MINUTE = time(23, 59)
# Which working day a make-up day (调休) stands for: the one beside it, Friday for a Saturday, Monday for a Sunday.
STANDS_FOR = {5: 4, 6: 0}


@dataclass(frozen=True)
class WeeklyHours:
    """Hours on one weekday (0 is Monday) by the wall clock, valid on both named days and between; None: no limit."""

    weekday: int
    starts: time
    ends: time
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the hours hold on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Shut:
    """A closure of the clinic, or of one chair. chair: its id, None for the whole clinic."""

    span: Span
    reason: str
    chair: Hashable = None


@dataclass(frozen=True)
class Opening:
    """When a clinic is open over some days. hours: opening hours, holidays already left out; holidays: day → name."""

    hours: tuple[Span, ...]
    shut: tuple[Shut, ...]
    kinds: dict[date, str]
    holidays: dict[date, str]

    @property
    def open(self) -> list[Span]:
        """The minutes in which the clinic takes patients."""
        return without(self.hours, [row.span for row in self.shut if row.chair is None])

    def shut_chair(self, chair: Hashable) -> list[Span]:
        """Return the minutes in which that chair is closed by itself."""
        return joined(row.span for row in self.shut if row.chair == chair)


def weekdays_worked(day: date, kind: str | None) -> frozenset[int]:
    """Return the weekdays whose hours hold on that day.

    kind: what the calendar of public holidays says, None when it says nothing or the clinic does not follow it.
    A make-up workday at the weekend has the hours of the working day that it stands for, beside its own if there are
    any: nobody who works on that weekday anyway loses hours by it.
    """
    own = day.weekday()
    if kind == HOLIDAY:
        return frozenset()
    if kind == WORKDAY:
        return frozenset({own, STANDS_FOR.get(own, own)})
    return frozenset({own})


@lru_cache(maxsize=4096)  # the same hours come again with each dentist and each request
def wall_span(day: date, starts: time, ends: time, zone: str) -> Span:
    """Return the minutes between two wall-clock times of a day. An end at 23:59 means midnight: times know no 24:00."""
    start = minute_of(moment(day, starts, zone))
    if ends >= LAST_MINUTE:
        return start, minute_of(moment(date.fromordinal(day.toordinal() + 1), time(0), zone))
    return start, minute_of(moment(day, ends, zone))


def hours_on(hours: Iterable[WeeklyHours], *, day: date, kind: str | None, zone: str) -> list[Span]:
    """Return the minutes of a day that weekly hours give."""
    weekdays = weekdays_worked(day, kind)
    return joined(
        wall_span(day, row.starts, row.ends, zone) for row in hours if row.weekday in weekdays and row.is_valid_on(day)
    )


@dataclass(frozen=True)
class Stretch:
    """Hours on one weekday as somebody entered them."""

    weekday: int
    starts: time
    ends: time


def faulty_weekday(week: Iterable[Stretch]) -> int | None:
    """Return the first weekday whose stretches end before they start or overlap, None when all is well."""
    last: Stretch | None = None
    for stretch in sorted(week, key=lambda row: (row.weekday, row.starts, row.ends)):
        if not 0 <= stretch.weekday <= 6 or stretch.ends <= stretch.starts:
            return stretch.weekday
        if last is not None and last.weekday == stretch.weekday and stretch.starts < last.ends:
            return stretch.weekday
        last = stretch
    return None


@dataclass(frozen=True)
class Period:
    """From when until when a row of weekly hours holds; None: no limit. key: what the caller knows it by."""

    key: Hashable
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Succession:
    """What happens to the rows when new hours begin. ends: keys of rows that end the day before; valid_until: of the new."""

    ends: tuple[Any, ...]
    replaced: tuple[Any, ...]
    valid_until: date | None


def succession(periods: Iterable[Period], *, valid_from: date) -> Succession:
    """Return how new weekly hours that begin on a day fit into the dated history.

    What holds on that day ends the day before, what began on that very day is replaced, and hours that are planned
    for later stay: the new ones end the day before those begin.
    """
    rows = list(periods)
    begins = {row.key: row.valid_from or date.min for row in rows}
    later = [start for start in begins.values() if start > valid_from]
    return Succession(
        ends=tuple(
            row.key
            for row in rows
            if begins[row.key] < valid_from and (row.valid_until is None or row.valid_until >= valid_from)
        ),
        replaced=tuple(row.key for row in rows if begins[row.key] == valid_from),
        valid_until=min(later) - timedelta(days=1) if later else None,
    )


def is_on_grid(minutes: int, *, grid: int = 5) -> bool:
    """Tell whether a length is a positive multiple of the grid."""
    return minutes > 0 and minutes % grid == 0


def pattern_text(busy: Iterable[Iterable[int]]) -> str:
    """Return a time pattern as people type it: "0-10, 20-50"; empty when the dentist is needed all the time."""
    return ", ".join(f"{start}-{end}" for start, end in busy)


def pattern_of(text: str, *, minutes: int) -> list[list[int]] | None:
    """Return the minutes in which the dentist's own hands are needed, None when the text is no pattern of that length.

    Pairs "from-to" on the grid of five, in order, apart from each other. All the time is the same as nothing typed.
    """
    typed = re.sub(r"\s+", "", text).replace("，", ",").replace("–", "-").replace("—", "-")
    parts = [part for part in typed.split(",") if part]
    spans: list[list[int]] = []
    for part in parts:
        found = re.fullmatch(r"(\d{1,3})-(\d{1,3})", part)
        if found is None:
            return None
        start, end = int(found[1]), int(found[2])
        last = spans[-1][1] if spans else -1
        if start % 5 or end % 5 or not last < start < end <= minutes:
            return None
        spans.append([start, end])
    return [] if spans == [[0, minutes]] else spans


def equipment_words(text: str) -> list[str]:
    """Return the pieces of equipment that a chair's text names, each once: “laser, CBCT；microscope”."""
    words = (word.strip().lower() for word in re.split(r"[,，;；、/\n]", text))
    return list(dict.fromkeys(word for word in words if word))


def equipment_code(word: str) -> str:
    """Return the code under which a chair's equipment stands among its capabilities."""
    return f"equipment:{word.strip().lower()}"


def abilities_of(capabilities: Iterable[str], equipment: str) -> frozenset[str]:
    """Return all that a chair can do: its capabilities, and what its equipment is called."""
    return frozenset(capabilities) | {equipment_code(word) for word in equipment_words(equipment)}


@dataclass(frozen=True)
class HolidayLine:
    """One pasted line of a holiday calendar."""

    day: date
    kind: str
    name: str
    name_en: str = ""


_DAY = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_KIND_WORDS = {
    HOLIDAY: HOLIDAY, "休": HOLIDAY, "放假": HOLIDAY, "休息": HOLIDAY, "假": HOLIDAY, "off": HOLIDAY,
    WORKDAY: WORKDAY, "班": WORKDAY, "上班": WORKDAY, "补班": WORKDAY, "调休上班": WORKDAY, "work": WORKDAY,
}  # fmt: skip


def holiday_lines(text: str) -> tuple[list[HolidayLine], list[int]]:
    """Return what the pasted lines say, and the numbers of the lines that cannot be read (a day twice is one of them).

    A line is: day, name, 休 or 班, and if wanted the English name; separated by spaces, tabs or commas. Empty lines
    are skipped.
    """
    lines: dict[date, HolidayLine] = {}
    wrong: list[int] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        line = _holiday_line(raw)
        if line is None or line.day in lines:
            wrong.append(number)
        else:
            lines[line.day] = line
    return list(lines.values()), wrong


def _holiday_line(raw: str) -> HolidayLine | None:
    found = _DAY.match(raw)
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
    rest = [part for part in re.split(r"[\s,，;；、]+", raw[found.end() :]) if part]
    at = next((n for n, part in enumerate(rest) if part.lower() in _KIND_WORDS), None)
    if at is None:
        return None
    before, after = rest[:at], rest[at + 1 :]
    name, name_en = (" ".join(before), " ".join(after)) if before else (" ".join(after), "")
    if not name or len(name) > 40 or len(name_en) > 60:
        return None
    return HolidayLine(day, _KIND_WORDS[rest[at].lower()], name, name_en)


def device_hash(token: str) -> str:
    """Return what is kept of a device's token. The token is long and random, so a plain SHA-256 hides it."""
    return hashlib.sha256(token.encode()).hexdigest()

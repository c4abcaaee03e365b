"""The line by which a person on the phone says when: “nwe” is next week, evening; “z3 h16-18” Wednesdays from 16 to 18.

Single letters stand for themselves. Digits choose, so they occur in the line only after the letters that own them: z
weekdays (1 is Monday), d a date, h hours; and p takes one more letter, the specialty. Chinese words mean what they say.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from incisor.clinics.enums import Specialty
from incisor.scheduling.rules.days import (
    SPOKEN_HOURS,
    WEEKDAYS_ZH,
    day_of_month,
    day_of_text,
    hours_of_text,
    month_day,
    spoken_hours,
)

# Letters in the order of the chips. "w" after "n" or "x" only completes the word (“next week”).
DAY_LETTERS = "townx"
PART_LETTERS = "mae"
TOGETHER_LETTERS = "rb"
OTHER_LETTERS = "ksuf"
LETTERS = DAY_LETTERS + PART_LETTERS + OTHER_LETTERS + TOGETHER_LETTERS

NOON, EVENING, MIDNIGHT = 12 * 60, 17 * 60, 24 * 60
AFTER_SCHOOL = (16 * 60, MIDNIGHT)
PARTS = {"m": (0, NOON), "a": (NOON, EVENING), "e": (EVENING, MIDNIGHT)}
LOOK_AHEAD_DAYS = 14
MOST_DAYS = 62
SPECIALTY_LETTERS = {
    "g": Specialty.GENERAL, "e": Specialty.ENDODONTICS, "p": Specialty.PERIODONTICS, "r": Specialty.PROSTHODONTICS,
    "o": Specialty.ORTHODONTICS, "i": Specialty.IMPLANTS, "s": Specialty.ORAL_SURGERY, "c": Specialty.PAEDIATRIC,
}  # fmt: skip
SPECIALTY_WORDS = {
    "正畸": "o", "矫正": "o", "种植": "i", "儿牙": "c", "儿科": "c", "牙周": "p", "牙体": "e", "根管": "e", "修复": "r",
    "外科": "s", "综合": "g", "全科": "g",
}  # fmt: skip
# Longest first: “下下周” holds “下周”.
WORDS = {
    "下下周": "x", "下下星期": "x", "这个星期": "w", "下个星期": "n", "本星期": "w", "这星期": "w", "下星期": "n", "下个礼拜": "n",
    "下礼拜": "n", "这周": "w", "本周": "w", "下周": "n", "今天": "t", "今日": "t", "明天": "o", "明日": "o", "上午": "m", "早上": "m",
    "下下周末": "xk", "下周末": "nk", "本周末": "wk", "这周末": "wk", "下午": "a", "晚上": "e", "傍晚": "e", "下班后": "e", "周末": "k", "紧急": "u", "急": "u", "一家": "f", "家人": "f", "孩子": "f",
    "连着": "r", "接着": "r", "同时": "b", "一起": "b",
}  # fmt: skip
WEEK_OF_WEEKDAY = {"下下": "x", "下": "n", "本": "w", "这": "w"}


@dataclass(frozen=True)
class Filter:
    """What the line asks for. first, last: days; parts: minutes of the day, several add up, none is all day.

    weekdays: 0 is Monday, none is any. letters: those understood, each once, in the order of the chips. words: the
    rest that was understood, as it would be typed. unknown: what means nothing.
    """

    first: date
    last: date
    parts: tuple[tuple[int, int], ...] = ()
    is_own_dentist: bool = False
    is_weekend: bool = False
    is_urgent: bool = False
    is_family: bool = False
    letters: str = ""
    unknown: str = ""
    weekdays: tuple[int, ...] = ()
    specialty: str = ""
    is_in_a_row: bool = False
    is_side_by_side: bool = False
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked for."""
        return not self.letters and not self.words

    def allows(self, day: date, minute: int) -> bool:
        """Tell whether an appointment may begin at that minute of that day by the wall clock."""
        return self.allows_day(day) and self.allows_minute(minute)

    def allows_day(self, day: date) -> bool:
        """Tell whether an appointment may begin at some minute of that day."""
        return (
            self.first <= day <= self.last
            and (not self.is_weekend or day.weekday() >= 5)
            and (not self.weekdays or day.weekday() in self.weekdays)
        )

    def allows_minute(self, minute: int) -> bool:
        """Tell whether an appointment may begin at that minute by the wall clock, on a day that is allowed."""
        return not self.parts or any(start <= minute < end for start, end in self.parts)


@dataclass
class _Read:
    """What was understood so far."""

    today: date
    letters: set[str] = field(default_factory=set)
    days: list[date] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    hours: list[tuple[int, int]] = field(default_factory=list)
    specialty: str = ""
    unknown: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def note(self, word: str, *, is_right: bool) -> None:
        (self.words if is_right else self.unknown).append(word)

    def date(self, found: re.Match[str]) -> None:
        first, second = int(found[1]), found[2]
        day = month_day(first, int(second), today=self.today) if second else day_of_month(first, today=self.today)
        self.note(found[0], is_right=day is not None)
        self.days += [day] if day is not None else []

    def spoken_date(self, found: re.Match[str]) -> None:
        day = day_of_text(found[0], today=self.today)
        self.note(f"d{day.month}-{day.day}" if day else found[0], is_right=day is not None)
        self.days += [day] if day is not None else []

    def weekday(self, found: re.Match[str]) -> None:
        self.weekdays |= {int(digit) - 1 for digit in found[1]}

    def spoken_weekday(self, found: re.Match[str]) -> None:
        self.letters |= set(WEEK_OF_WEEKDAY.get(found[1] or "", ""))
        self.weekdays |= {WEEKDAYS_ZH[one] for one in found[2]}

    def hour(self, found: re.Match[str]) -> None:
        span = hours_of_text(found[1])
        self.note(found[0], is_right=span is not None)
        self.hours += [span] if span is not None else []

    def after_school(self, found: re.Match[str]) -> None:
        self.hours.append(AFTER_SCHOOL)
        self.words.append("h16")

    def spoken_hour(self, found: re.Match[str]) -> None:
        span = spoken_hours(found)
        word = found[0] if span is None else "h" + "-".join(f"{minute // 60}:{minute % 60:02}" for minute in span)
        self.note(word, is_right=span is not None)
        self.hours += [span] if span is not None else []

    def kind(self, found: re.Match[str]) -> None:
        self.specialty = SPECIALTY_LETTERS[found[1] or SPECIALTY_WORDS[found[2]]].value

    def word(self, found: re.Match[str]) -> None:
        self.letters |= set(WORDS[found[0]])

    def letter(self, found: re.Match[str]) -> None:
        self.letters.add(found[0])

    def nothing(self, found: re.Match[str]) -> None:
        """A letter that waits for what belongs to it, or a mark between words."""

    def strange(self, found: re.Match[str]) -> None:
        self.unknown.append(found[0])


def _any(words: "dict[str, str]") -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


# The first that fits at a place is taken.
GRAMMAR: tuple[tuple[re.Pattern[str], Callable[[_Read, re.Match[str]], None]], ...] = (
    (SPOKEN_HOURS, _Read.spoken_hour),
    (re.compile(r"\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号]|大?后天"), _Read.spoken_date),
    (re.compile(r"放学(?:以后|之后|后)?"), _Read.after_school),
    (re.compile(r"(下下|下|本|这)?个?(?:周|星期|礼拜)([一二三四五六日天]+)"), _Read.spoken_weekday),
    (re.compile(_any(WORDS)), _Read.word),
    (re.compile(rf"p([{''.join(SPECIALTY_LETTERS)}])|({_any(SPECIALTY_WORDS)})"), _Read.kind),
    (re.compile(r"d(\d{1,2})(?:[-/.](\d{1,2}))?"), _Read.date),
    (re.compile(r"z([1-7]+)"), _Read.weekday),
    (re.compile(r"h(\d{1,2}(?::\d{2})?(?:[-~]\d{1,2}(?::\d{2})?)?)"), _Read.hour),
    (re.compile(rf"[{LETTERS}]"), _Read.letter),
    (re.compile(r"[dhzp]$|[dhzp](?=\s)|[\s,，、。的]"), _Read.nothing),
    (re.compile(r"."), _Read.strange),
)


def parse_filter(code: str, *, today: date) -> Filter:
    """Return what the line asks for.

    t today, o tomorrow, w this week, n next week, x the week after; m morning, a afternoon, e evening (from 17:00);
    k weekend, s the patient's own dentist, u urgent, f family, r one after the other, b side by side; z135 weekdays,
    d12-3 a date (two: from and until), h16-18 hours, po orthodontics. Weeks begin on Monday. Without days: two weeks.
    """
    read, typed, place = _Read(today), code.lower().strip(), 0
    while place < len(typed):
        found, take = next(
            (match, take) for pattern, take in GRAMMAR if (match := pattern.match(typed, place)) is not None
        )
        take(read, found)
        place = found.end()
    understood = "".join(letter for letter in LETTERS if letter in read.letters)
    if set("nx") & set(understood):
        understood = understood.replace("w", "")
    first, last = _days(understood, read)
    return Filter(
        first=first,
        last=last,
        parts=(*(PARTS[letter] for letter in PART_LETTERS if letter in understood), *dict.fromkeys(read.hours)),
        is_own_dentist="s" in understood,
        is_weekend="k" in understood,
        is_urgent="u" in understood,
        is_family=bool(set("frb") & set(understood)),
        letters=understood,
        unknown="".join(dict.fromkeys("".join(read.unknown))),
        weekdays=tuple(sorted(read.weekdays)),
        specialty=read.specialty,
        is_in_a_row="r" in understood,
        is_side_by_side="b" in understood,
        words=_words(read),
    )


def _words(read: _Read) -> str:
    """What was understood beside the single letters, as it would be typed again."""
    words = list(dict.fromkeys(read.words))
    if read.weekdays:
        words.insert(0, "z" + "".join(str(weekday + 1) for weekday in sorted(read.weekdays)))
    if read.specialty:
        words.append("p" + next(letter for letter, one in SPECIALTY_LETTERS.items() if one == read.specialty))
    return " ".join(words)


def _days(letters: str, read: _Read) -> tuple[date, date]:
    today = read.today
    monday = today - timedelta(days=today.weekday())
    spans = {
        "t": (today, today),
        "o": (today + timedelta(days=1), today + timedelta(days=1)),
        "w": (today, monday + timedelta(days=6)),
        "n": (monday + timedelta(days=7), monday + timedelta(days=13)),
        "x": (monday + timedelta(days=14), monday + timedelta(days=20)),
    }
    asked = [spans[letter] for letter in letters if letter in spans] + [(day, day) for day in read.days]
    if not asked:
        return today, today + timedelta(days=LOOK_AHEAD_DAYS)
    first = min(begin for begin, _end in asked)
    return first, min(max(end for _begin, end in asked), first + timedelta(days=MOST_DAYS))

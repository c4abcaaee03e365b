"""The letters by which a person on the phone says when: “nwe” is next week, evening. Digits choose, so they never occur."""

from dataclasses import dataclass
from datetime import date, timedelta

# Letters in the order of the chips. "w" after "n" or "x" only completes the word (“next week”).
DAY_LETTERS = "townx"
PART_LETTERS = "mae"
OTHER_LETTERS = "ksuf"
LETTERS = DAY_LETTERS + PART_LETTERS + OTHER_LETTERS

NOON, EVENING, MIDNIGHT = 12 * 60, 17 * 60, 24 * 60
PARTS = {"m": (0, NOON), "a": (NOON, EVENING), "e": (EVENING, MIDNIGHT)}
LOOK_AHEAD_DAYS = 14


@dataclass(frozen=True)
class Filter:
    """What the letters ask for. first, last: days; parts: minutes of the day, several add up, none is all day.

    letters: those understood, each once, in the order of the chips. unknown: what means nothing.
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

    def allows(self, day: date, minute: int) -> bool:
        """Tell whether an appointment may begin at that minute of that day by the wall clock."""
        return (
            self.first <= day <= self.last
            and (not self.parts or any(start <= minute < end for start, end in self.parts))
            and (not self.is_weekend or day.weekday() >= 5)
        )


def parse_filter(code: str, *, today: date) -> Filter:
    """Return what the code asks for.

    t today, o tomorrow, w this week, n next week, x the week after; m morning, a afternoon, e evening (from 17:00);
    k weekend, s the patient's own dentist, u urgent, f family. Weeks begin on Monday. Without a day letter: two weeks.
    """
    typed = "".join(code.lower().split())
    understood = "".join(letter for letter in LETTERS if letter in typed)
    if set("nx") & set(understood):
        understood = understood.replace("w", "")
    first, last = _days(understood, today)
    return Filter(
        first=first,
        last=last,
        parts=tuple(PARTS[letter] for letter in PART_LETTERS if letter in understood),
        is_own_dentist="s" in understood,
        is_weekend="k" in understood,
        is_urgent="u" in understood,
        is_family="f" in understood,
        letters=understood,
        unknown="".join(dict.fromkeys(letter for letter in typed if letter not in LETTERS)),
    )


def _days(letters: str, today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    spans = {
        "t": (today, today),
        "o": (today + timedelta(days=1), today + timedelta(days=1)),
        "w": (today, monday + timedelta(days=6)),
        "n": (monday + timedelta(days=7), monday + timedelta(days=13)),
        "x": (monday + timedelta(days=14), monday + timedelta(days=20)),
    }
    asked = [spans[letter] for letter in letters if letter in spans]
    if not asked:
        return today, today + timedelta(days=LOOK_AHEAD_DAYS)
    return min(first for first, _ in asked), max(last for _, last in asked)

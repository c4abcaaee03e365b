"""What a screen in the waiting room shows and says: never more of a person than the clinic chose (PAT-9, REC-6)."""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from incisor.patients.enums import Sex
from incisor.patients.rules import mask_name, surname_of

# House values. A call is shown big that long; read out only when it is younger than that; gone from the screen after that.
NEW_FOR = timedelta(minutes=2)
SPOKEN_FOR = timedelta(seconds=75)
SHOWN_FOR = timedelta(minutes=15)
NOTICE_AHEAD = timedelta(hours=24)
NEXT_SHOWN = 3
CHILD_UNTIL = 14
REPEATS = (1, 2, 3)
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}
_NUMBER = re.compile(r"\d+")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Speech(StrEnum):
    """In which languages a screen speaks and is labelled."""

    BOTH = "both"
    CHINESE = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What one screen shows. rooms: keys of the rooms it stands for, empty for all. repeat: how often a call is said."""

    rooms: frozenset[str] = frozenset()
    voice: bool = True
    speech: Speech = Speech.BOTH
    repeat: int = 2


def options_of(kept: Mapping[str, Any]) -> Options:
    """Return the options as they are kept with a device; what cannot be understood is as if it had not been chosen."""
    rooms, speech, repeat = kept.get("rooms"), kept.get("speech"), kept.get("repeat")
    return Options(
        rooms=frozenset(str(one) for one in rooms) if isinstance(rooms, list) else frozenset(),
        voice=kept.get("voice") is not False,
        speech=Speech(speech) if speech in set(Speech) else Speech.BOTH,
        repeat=repeat if repeat in REPEATS else 2,
    )


def is_for(place: Hashable | None, rooms: Collection[str]) -> bool:
    """Tell whether something at the place (a room's key, None for nowhere in particular) belongs on the screen."""
    return not rooms or place is None or str(place) in rooms


def is_shown(called_at: datetime | None, *, at: datetime) -> bool:
    """Tell whether a call still stands on the screen: who did not come for so long is the desk's to look for."""
    return called_at is not None and at - called_at < SHOWN_FOR


def name_on_screen(name: str, *, is_number_only: bool) -> str:
    """Return what of the name is shown: 王*明, or nothing beside the number."""
    return "" if is_number_only else mask_name(name)


def called_in_chinese(*, number: int, name: str, sex: str, age: int | None, place: str) -> str:
    """Return the sentence that is read out. name: empty where only the number may be said."""
    whom = f"{number}号{_address(name, sex, age)}"
    return f"请{whom}，到{_spoken_place(place)}就诊。" if place else f"请{whom}，到前台。"


def _address(name: str, sex: str, age: int | None) -> str:
    """Return surname and title as one says them aloud: 王先生, 李女士, 陈小朋友; empty where it would be a guess."""
    surname = surname_of(name)
    if not surname:
        return ""
    if age is not None and age < CHILD_UNTIL:
        return f"{surname}小朋友"
    title = {Sex.MALE: "先生", Sex.FEMALE: "女士"}.get(sex)  # type: ignore[call-overload]
    return f"{surname}{title}" if title else ""


def _spoken_place(place: str) -> str:
    """Return a place as one says it: “诊室 3” is “3号诊室”."""
    turned = re.fullmatch(r"([\u3400-\u9fff]+)\s*(\d+)", place.strip())
    return f"{turned[2]}号{turned[1]}" if turned else place.strip()


def called_in_english(*, number: int, place: str) -> str:
    """Return the sentence that is read out in English: the number, and the room as far as it can be said in English."""
    room = (place_in_english(place) or "the treatment room") if place.strip() else "the front desk"
    return f"Number {number}, please come to {room}."


def place_in_english(place: str) -> str:
    """Return a place for English eyes and ears: as it stands without Chinese characters, “room 3” with a number, else nothing."""
    text = place.strip()
    if not _HAN.search(text):
        return text
    found = _NUMBER.search(text)
    if found:
        return f"room {int(found[0])}"
    number = next((_NUMERALS[character] for character in text if character in _NUMERALS), None)
    return f"room {number}" if number else ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """When something holds. until: None without end."""

    since: datetime
    until: datetime | None


def notices_to_carry(spans: Iterable[tuple[Hashable, Span]], *, at: datetime) -> list[Hashable]:
    """Return the keys of the notices that a screen should know of now: those that hold, and those of the next day."""
    return [key for key, span in spans if (span.until is None or span.until > at) and span.since < at + NOTICE_AHEAD]

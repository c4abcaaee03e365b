"""Who may be the same person, and why one thinks so (PAT-7). One rule for registering, importing and the nightly search."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

CERTAIN = 100
ONE_PERSON = 95  # from here on registering refuses without a word, and an import takes the row for that person's
WORKLIST = 60  # from here on the nightly search troubles somebody
LIKELY = 40


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of a person; name and phone as compared (name_key, phone_key), reading without spaces.

    readings: every other way to read the name."""

    name: str = ""
    reading: str = ""
    readings: frozenset[str] = frozenset()
    phone: str = ""
    born_on: date | None = None
    id_number: str = ""
    sex: str = "unknown"


@dataclass(frozen=True)
class Likeness:
    """score: ONE_PERSON and above is one person by all experience, below LIKELY nobody is troubled with it.

    signs: what speaks for and against it, as keys of sign_words."""

    score: int
    signs: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the signs as texts for people."""
        return tuple(in_words(self.signs))


def sign_words() -> dict[str, str]:
    """Return what each sign is called, in the reader's language."""
    return {
        "same_id": _("same ID number"),
        "near_id": _("ID numbers differ in one place"),
        "same_phone": _("same phone"),
        "near_phone": _("phones differ in one place"),
        "same_last_four": _("same last four digits of the phone"),
        "same_name": _("same name"),
        "same_sound": _("name sounds the same"),
        "other_reading": _("name can be read the same"),
        "near_sound": _("name sounds nearly the same"),
        "near_name": _("names differ in one character"),
        "same_birth": _("same birth date"),
        "near_birth": _("birth dates differ in one place"),
        "other_birth": _("another birth date"),
        "other_sex": _("another sex"),
        "other_id": _("another ID number"),
    }


def in_words(signs: Iterable[str]) -> list[str]:
    """Return the signs as texts for people; unknown ones are left out."""
    words = sign_words()
    return [words[sign] for sign in signs if sign in words]


def likeness(one: Person, other: Person) -> Likeness:
    """Return how likely two descriptions are of one person, with the signs that say so."""
    birth = _birth_sign(one.born_on, other.born_on)
    phone = _phone_sign(one.phone, other.phone)
    found = [
        _id_sign(one.id_number, other.id_number),
        phone,
        _name_sign(one, other, is_backed=phone in {"same_phone", "near_phone"} or birth == "same_birth"),
        birth,
        "other_sex" if "unknown" not in (one.sex, other.sex) and one.sex != other.sex else "",
    ]
    signs = tuple(sign for sign in found if sign)
    return Likeness(score=max(0, sum(_points(sign, signs) for sign in signs)), signs=signs)


# Two names that differ in a character weigh little: twins share the phone, the birth date and most of the name.
POINTS = {
    "same_id": CERTAIN, "near_id": 20, "other_id": -CERTAIN, "same_phone": 50, "near_phone": 25, "same_last_four": 25,
    "same_name": 20, "same_sound": 15, "other_reading": 12, "near_sound": 8, "near_name": 5, "same_birth": 35,
    "near_birth": 15, "other_birth": -40, "other_sex": -25,
}  # fmt: skip


def _points(sign: str, signs: tuple[str, ...]) -> int:
    """Return what the sign weighs beside the others: a name counts more when a number or a date says the same."""
    is_phone = "same_phone" in signs
    if sign == "same_name" and (is_phone or "near_phone" in signs or "same_birth" in signs):
        return 50
    if is_phone and sign in {"same_sound", "other_reading"}:
        return 45 if sign == "same_sound" else 35
    return POINTS[sign]


def _id_sign(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return "same_id"
    return "near_id" if is_near(one, other) else "other_id"


def _phone_sign(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return "same_phone"
    if min(len(one), len(other)) >= 8 and is_near(one, other):
        return "near_phone"
    return "same_last_four" if min(len(one), len(other)) >= 8 and one[-4:] == other[-4:] else ""


def _name_sign(one: Person, other: Person, *, is_backed: bool) -> str:
    """Return how the names agree. Nearly the same counts only beside the same birth date or phone."""
    if one.name and one.name == other.name:
        return "same_name"
    if not one.reading or not other.reading:
        return ""
    if one.reading == other.reading:
        return "same_sound"
    if ({one.reading} | one.readings) & ({other.reading} | other.readings):
        return "other_reading"
    if not is_backed:
        return ""
    if min(len(one.reading), len(other.reading)) >= 4 and is_near(one.reading, other.reading):
        return "near_sound"
    return "near_name" if min(len(one.name), len(other.name)) >= 3 and is_near(one.name, other.name) else ""


def _birth_sign(one: date | None, other: date | None) -> str:
    if one is None or other is None:
        return ""
    if one == other:
        return "same_birth"
    is_swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return "near_birth" if is_swapped or is_near(f"{one:%Y%m%d}", f"{other:%Y%m%d}") else "other_birth"


def is_near(one: str, other: str) -> bool:
    """Tell whether a single slip of the hand makes one text of the other: one sign more, less or else, or two swapped."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, back = one[start:], other[start:]
    if len(one) == len(other):
        return rest[1:] == back[1:] or (rest[:2] == back[1::-1] and rest[2:] == back[2:])
    return rest[1:] == back if len(one) > len(other) else rest == back[1:]

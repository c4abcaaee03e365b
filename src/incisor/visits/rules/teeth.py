"""Teeth by FDI (ISO 3950): two digits, quadrant and place. Adult 11 to 48, milk 51 to 85."""

import string
from collections.abc import Iterable, Mapping

# As the chart shows them: the patient's right side is on the left, upper jaw first.
ADULT_UPPER = tuple(range(18, 10, -1)) + tuple(range(21, 29))
ADULT_LOWER = tuple(range(48, 40, -1)) + tuple(range(31, 39))
MILK_UPPER = tuple(range(55, 50, -1)) + tuple(range(61, 66))
MILK_LOWER = tuple(range(85, 80, -1)) + tuple(range(71, 76))
ADULT = frozenset(ADULT_UPPER + ADULT_LOWER)
MILK = frozenset(MILK_UPPER + MILK_LOWER)
TEETH = ADULT | MILK

# Mesial, occlusal or incisal, distal, buccal or labial, lingual or palatal: in the order in which they are written.
SURFACES = "MODBL"
LETTERS = string.ascii_letters
MIXED_FROM_AGE, ADULT_FROM_AGE = 6, 13  # house values: milk teeth alone below 6, both kinds until 12


class NoSuchTooth(ValueError):
    """The number is no FDI tooth."""


class NoSuchSurface(ValueError):
    """The letter is no tooth surface."""


def is_tooth(number: int) -> bool:
    """Tell whether the number is a tooth by FDI."""
    return number in TEETH


def is_milk(number: int) -> bool:
    """Tell whether the tooth is of the first dentition."""
    return number in MILK


def is_front(number: int) -> bool:
    """Tell whether the tooth is an incisor or canine: it has an edge instead of a chewing surface."""
    return number % 10 <= 3


def is_upper(number: int) -> bool:
    """Tell whether the tooth stands in the upper jaw."""
    return number // 10 in {1, 2, 5, 6}


def teeth_in_order(numbers: Iterable[int]) -> list[int]:
    """Return the teeth once each, as a dentist reads them: upper jaw from the patient's right, then lower, then milk.

    Raises NoSuchTooth.
    """
    wanted = set(numbers)
    for number in wanted:
        if not is_tooth(number):
            raise NoSuchTooth(number)
    return [number for row in (ADULT_UPPER, ADULT_LOWER, MILK_UPPER, MILK_LOWER) for number in row if number in wanted]


def parse_teeth(text: str) -> list[int]:
    """Return the teeth named in a text: "36, 37" or "36 37" or "36、37". Raises NoSuchTooth."""
    found = []
    for word in text.replace("、", " ").replace("，", " ").replace(",", " ").split():
        if not (word.isascii() and word.isdigit()):
            raise NoSuchTooth(word)
        found.append(int(word))
    return teeth_in_order(found)


def parse_places(text: str) -> dict[int, str]:
    """Return teeth with the surfaces named beside each: "36mo, 37" or "36 MO 37". Raises NoSuchTooth, NoSuchSurface."""
    found: dict[int, str] = {}
    last: int | None = None
    for word in text.replace("、", " ").replace("，", " ").replace(",", " ").split():
        number, letters = word.rstrip(LETTERS), word[len(word.rstrip(LETTERS)) :]
        if number:
            last = parse_teeth(number)[0]
        if last is None:
            raise NoSuchTooth(word)
        found[last] = surfaces_in_order(found.get(last, "") + letters)
    return {tooth: found[tooth] for tooth in teeth_in_order(found)}


def places_text(teeth: Iterable[int], surfaces: Mapping[str, str]) -> str:
    """Return teeth as they are typed, each with its surfaces: "36 MO, 37". surfaces: by number as text, as JSON keeps it."""
    return ", ".join(" ".join(filter(None, (str(tooth), surfaces.get(str(tooth), "")))) for tooth in teeth)


def surfaces_in_order(text: str) -> str:
    """Return the surfaces once each in the order in which they are written: "dom" is "MOD". Raises NoSuchSurface."""
    wanted = set(text.upper().replace(" ", ""))
    unknown = wanted - set(SURFACES)
    if unknown:
        raise NoSuchSurface("".join(sorted(unknown)))
    return "".join(letter for letter in SURFACES if letter in wanted)


def dentition_at(age: int | None) -> str:
    """Return which teeth the chart shows first at that age: "milk", "mixed" or "adult"."""
    if age is None or age >= ADULT_FROM_AGE:
        return "adult"
    return "mixed" if age >= MIXED_FROM_AGE else "milk"

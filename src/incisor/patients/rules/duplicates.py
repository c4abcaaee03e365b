"""Who may be the same person, and why one thinks so (PAT-7)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

CERTAIN = 100
LIKELY = 40


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of a person; name and phone as compared (name_key, phone_key), reading as syllables with spaces."""

    name: str = ""
    reading: str = ""
    phone: str = ""
    born_on: date | None = None
    id_number: str = ""
    sex: str = "unknown"


@dataclass(frozen=True)
class Likeness:
    """score: CERTAIN and above is one person by all experience, below LIKELY nobody is troubled with it."""

    score: int
    reasons: tuple[str, ...]


def likeness(one: Person, other: Person) -> Likeness:
    """Return how likely two descriptions are of one person, with the reasons as texts for people."""
    score, reasons = 0, []
    same_name = bool(one.name) and one.name == other.name
    same_sound = bool(one.reading) and one.reading == other.reading
    same_phone = bool(one.phone) and one.phone == other.phone
    same_birth = one.born_on is not None and one.born_on == other.born_on
    if one.id_number and one.id_number == other.id_number:
        score += CERTAIN
        reasons.append(_("same ID number"))
    elif one.id_number and other.id_number:
        score -= CERTAIN
    if same_phone:
        score += 50
        reasons.append(_("same phone"))
    if same_name:
        score += 50 if same_phone or same_birth else 20
        reasons.append(_("same name"))
    elif same_sound:
        score += 45 if same_phone else 15
        reasons.append(_("name sounds the same"))
    if same_birth:
        score += 35
        reasons.append(_("same birth date"))
    elif one.born_on and other.born_on:
        score -= 40
    if "unknown" not in (one.sex, other.sex) and one.sex != other.sex:
        score -= 25
    return Likeness(score=max(0, score), reasons=tuple(reasons))

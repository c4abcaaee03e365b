"""The signs by which the desk judges urgency: reception/data/triage.json."""

import json
from functools import lru_cache
from importlib import resources

from django.utils.translation import get_language

from incisor.reception.rules.triage import GRAVITY, Sign
from incisor.visits.enums import Urgency


@lru_cache(maxsize=4)
def _signs(language: str) -> tuple[Sign, ...]:
    text = resources.files("incisor.reception.data").joinpath("triage.json").read_text(encoding="utf-8")
    return tuple(
        Sign(
            key=row["key"],
            label=row[language],
            level=row["level"],
            advice=row[f"advice_{language}"],
            specialty=row["specialty"],
        )
        for row in json.loads(text)
    )


def signs() -> tuple[Sign, ...]:
    """Return every sign in the language of the page, the gravest first."""
    return _signs("zh" if (get_language() or "").startswith("zh") else "en")


def signs_by_key() -> dict[str, Sign]:
    """Return the signs by key."""
    return {sign.key: sign for sign in signs()}


# What the desk hears most, in the order of the digits: 1 is the toothache that can wait for a gap today.
FIRST = (
    "night_pain",
    "severe_pain",
    "swelling_face",
    "trauma",
    "bleeding",
    "knocked_out",
    "filling_lost",
    "wisdom_inflamed",
    "checkup",
)


def first_choices() -> list[Sign]:
    """Return the nine signs that a digit chooses."""
    known = signs_by_key()
    return [known[key] for key in FIRST]


def signs_by_level() -> list[tuple[Urgency, list[Sign]]]:
    """Return all signs by their level, the gravest first."""
    return [(level, [sign for sign in signs() if sign.level == level]) for level in GRAVITY]

"""The signs by which the desk judges urgency: reception/data/triage.json."""

import json
from functools import lru_cache
from importlib import resources

from django.utils.translation import get_language

from incisor.reception.rules.triage import Sign


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

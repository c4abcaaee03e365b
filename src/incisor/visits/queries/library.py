"""Ready sentences, diagnoses and procedures to choose from while writing a note."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from django.utils.translation import get_language

from incisor.clinics.models import Procedure
from incisor.clinics.queries import procedures

MOST_FOUND = 12


@dataclass(frozen=True)
class Diagnosis:
    """A diagnosis of ICD-10 as a dental clinic needs it."""

    code: str
    zh: str
    en: str

    @property
    def label(self) -> str:
        """Its words in the language of the page."""
        return self.zh if is_chinese() else self.en


@lru_cache(maxsize=4)
def load(name: str) -> list[dict[str, Any]]:
    text = resources.files("incisor.visits.data").joinpath(f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@lru_cache(maxsize=512)
def initials_of(text: str) -> str:
    """Return the first letters of a Chinese name's pinyin: "csjy" for 超声洁牙."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 -- 54 MB, only where somebody searches

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


@lru_cache(maxsize=1)
def diagnoses() -> tuple[Diagnosis, ...]:
    """Return every diagnosis in the order of the codes."""
    return tuple(Diagnosis(row["code"], row["zh"], row["en"]) for row in load("diagnoses"))


def diagnosis_labels(codes: Collection[str]) -> list[tuple[str, str]]:
    """Return code and words of the given codes, in the given order; an unknown code stands for itself."""
    known = {diagnosis.code: diagnosis.label for diagnosis in diagnoses()}
    return [(code, known.get(code, "")) for code in codes]


def find_diagnoses(text: str, *, prefer: Collection[str] = ()) -> list[Diagnosis]:
    """Return diagnoses by code, words or initials; with nothing typed those that the situation suggests."""
    words = text.strip().lower()
    if not words:
        return [diagnosis for diagnosis in diagnoses() if diagnosis.code in set(prefer)][:MOST_FOUND]
    found = [
        diagnosis
        for diagnosis in diagnoses()
        if diagnosis.code.lower().startswith(words)
        or words in diagnosis.zh.lower()
        or words in diagnosis.en.lower()
        or initials_of(diagnosis.zh).startswith(words)
    ]
    return found[:MOST_FOUND]


def procedure_name(procedure: Procedure) -> str:
    """Return the name of a procedure in the language of the page."""
    return procedure.name_zh if is_chinese() else procedure.name_en


def find_procedures(text: str, *, prefer: Collection[Any] = ()) -> list[Procedure]:
    """Return procedures by code, name or initials, best first; with nothing typed those with the preferred ids."""
    words = text.strip().lower()
    everything = procedures()
    if not words:
        first = [procedure for procedure in everything if procedure.pk in set(prefer)]
        return (first or everything)[:MOST_FOUND]

    def rank(procedure: Procedure) -> int:
        short = procedure.short_zh or procedure.name_zh
        if procedure.code.lower() == words or short == text.strip():
            return 0
        starts = (
            procedure.code,
            procedure.name_zh,
            short,
            procedure.name_en,
            initials_of(procedure.name_zh),
            initials_of(short),
        )
        if any(name.lower().startswith(words) for name in starts):
            return 1
        inside = (procedure.name_zh, procedure.name_en, procedure.code, initials_of(procedure.name_zh))
        return 2 if any(words in name.lower() for name in inside) else 9

    ranked = sorted((rank(procedure), procedure.code, procedure) for procedure in everything)
    return [procedure for place, _code, procedure in ranked if place < 9][:MOST_FOUND]

"""The signs and questions by which the desk judges urgency: those shipped (reception/data), and the clinic's own before them."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.reception.models import TriageQuestion, TriageRule
from incisor.reception.rules.guide import Answer, Question
from incisor.reception.rules.triage import GRAVITY, Sign
from incisor.visits.enums import Urgency

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


@lru_cache(maxsize=2)
def shipped(name: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of a file of reception/data: triage, triage_questions."""
    text = resources.files("incisor.reception.data").joinpath(f"{name}.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


@lru_cache(maxsize=4)
def _signs(language: str) -> tuple[Sign, ...]:
    return tuple(
        Sign(
            key=row["key"],
            label=row[language],
            level=row["level"],
            advice=row[f"advice_{language}"],
            specialty=row["specialty"],
            opens_reserve=row["level"] != Urgency.ROUTINE,
            digit=FIRST.index(row["key"]) + 1 if row["key"] in FIRST else None,
        )
        for row in shipped("triage")
    )


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


@prepared
def _own(clinic_id: uuid.UUID) -> QuerySet[TriageRule]:
    return TriageRule.objects.filter(clinic_id=clinic_id)


def signs(clinic: Clinic) -> tuple[Sign, ...]:
    """Return every sign in use in the language of the page, the gravest first."""
    language = _language()
    own = {row.key: row for row in _own(clinic.pk)}
    if not own:
        return _signs(language)
    rows = {sign.key: sign for sign in _signs(language)} | {key: _sign(row, language) for key, row in own.items()}
    used = [sign for key, sign in rows.items() if key not in own or own[key].is_active]
    return tuple(sorted(used, key=lambda sign: GRAVITY.index(Urgency(sign.level))))


def _sign(row: TriageRule, language: str) -> Sign:
    return Sign(
        key=row.key,
        label=row.label_zh if language == "zh" else row.label_en,
        level=row.level,
        advice=row.advice_zh if language == "zh" else row.advice_en,
        specialty=row.specialty,
        opens_reserve=row.opens_reserve,
        digit=row.digit,
    )


def signs_by_key(clinic: Clinic) -> dict[str, Sign]:
    """Return the signs by key."""
    return {sign.key: sign for sign in signs(clinic)}


def first_choices(clinic: Clinic) -> list[Sign]:
    """Return the signs that a digit chooses, nine at most, in the order of the digits."""
    chosen = [sign for sign in signs(clinic) if sign.digit]
    return sorted(chosen, key=lambda sign: (sign.digit or 0, sign.key))[:9]


def signs_by_level(clinic: Clinic) -> list[tuple[Urgency, list[Sign]]]:
    """Return all signs by their level, the gravest first."""
    known = signs(clinic)
    return [(level, [sign for sign in known if sign.level == level]) for level in GRAVITY]


def questions(clinic: Clinic) -> list[Question]:
    """Return the questions of the guided triage in their order, in the language of the page."""
    language = _language()
    return [
        Question(
            key=row.key,
            text=row.zh if language == "zh" else row.en,
            answers=tuple(Answer(one[language], one["sign"], one["then"]) for one in row.answers),
        )
        for row in question_rows(clinic)
        if row.is_active
    ]


@dataclass(frozen=True)
class QuestionRow:
    """A question as it is edited. version: 0 while the clinic has not changed it."""

    key: str
    position: int
    zh: str
    en: str
    answers: list[dict[str, str]]
    is_active: bool = True
    version: int = 0
    is_shipped: bool = True


def question_rows(clinic: Clinic) -> list[QuestionRow]:
    """Return every question, those switched off too, in their order."""
    own = {row.key: row for row in TriageQuestion.objects.filter(clinic=clinic)}
    keys = {row["key"] for row in shipped("triage_questions")}
    rows = [
        QuestionRow(row["key"], 10 * (number + 1), row["zh"], row["en"], row["answers"])
        for number, row in enumerate(shipped("triage_questions"))
        if row["key"] not in own
    ]
    rows += [
        QuestionRow(
            row.key, row.position, row.text_zh, row.text_en, row.answers, row.is_active, row.version, row.key in keys
        )
        for row in own.values()
    ]
    return sorted(rows, key=lambda row: (row.position, row.key))


def question_row(clinic: Clinic, key: str) -> QuestionRow | None:
    """Return one question as it is edited."""
    return next((row for row in question_rows(clinic) if row.key == key), None)


def rule_rows(clinic: Clinic) -> list[TriageRule]:
    """Return every sign as it is edited, those switched off too, the gravest first; unsaved (version 0) as shipped."""
    own = {row.key: row for row in TriageRule.objects.filter(clinic=clinic)}
    keys = {row["key"] for row in shipped("triage")}
    rows = [own.get(row["key"]) or _as_shipped(clinic, row) for row in shipped("triage")]
    rows += sorted((row for key, row in own.items() if key not in keys), key=lambda row: row.key)
    return sorted(rows, key=lambda row: GRAVITY.index(Urgency(row.level)))


def rule_row(clinic: Clinic, key: str) -> TriageRule | None:
    """Return one sign as it is edited."""
    return next((row for row in rule_rows(clinic) if row.key == key), None)


def is_shipped(key: str, name: str = "triage") -> bool:
    """Tell whether a sign (or a question) is one of those shipped."""
    return any(row["key"] == key for row in shipped(name))


def shipped_rule(clinic: Clinic, key: str) -> TriageRule | None:
    """Return a sign as it is shipped, unsaved."""
    return next((_as_shipped(clinic, row) for row in shipped("triage") if row["key"] == key), None)


def _as_shipped(clinic: Clinic, row: dict[str, Any]) -> TriageRule:
    return TriageRule(
        clinic=clinic,
        key=row["key"],
        label_zh=row["zh"],
        label_en=row["en"],
        advice_zh=row["advice_zh"],
        advice_en=row["advice_en"],
        level=row["level"],
        specialty=row["specialty"],
        opens_reserve=row["level"] != Urgency.ROUTINE,
        digit=FIRST.index(row["key"]) + 1 if row["key"] in FIRST else None,
        version=0,
    )


def sign_words(known: dict[str, Sign], keys: Iterable[str]) -> str:
    """Return signs in words, those known."""
    return "、".join(known[key].label for key in keys if key in known)

"""The short health check before a visit (VIS-4): what is asked of whom, and which answers the dentist must hear.

The desk asks and writes down; it makes no diagnosis. What lasts (allergies, illnesses, medication) stands in the medical
background; this is about today. Questions of our own, after REQUIREMENTS REC-9 and PAT-2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

GRAVE, WORTH_KNOWING = "grave", "worth_knowing"
WOMEN_FROM, WOMEN_TO = 11, 55  # years between which pregnancy and menstruation are asked; house values


@dataclass(frozen=True)
class Question:
    """One question. level: how an answer other than the usual one is shown; usual: the answer that needs no word."""

    key: str
    level: str
    usual: str = "no"
    women: bool = False
    surgery: bool = False


QUESTIONS = (
    Question("changed", WORTH_KNOWING),
    Question("unwell", GRAVE),
    Question("chest", GRAVE),
    Question("medicine", WORTH_KNOWING),
    Question("blood_thinner", GRAVE),
    Question("alcohol", WORTH_KNOWING),
    Question("pregnant", GRAVE, women=True),
    Question("menstruation", WORTH_KNOWING, women=True, surgery=True),
    Question("eaten", WORTH_KNOWING, usual="yes", surgery=True),
)
KEYS = frozenset(question.key for question in QUESTIONS)


def questions_for(*, sex: str, age: int | None, is_surgery: bool) -> list[Question]:
    """Return what is asked of this patient. sex: "male", "female" or "unknown"; is_surgery: before a bleeding treatment."""
    may_bear = sex != "male" and (age is None or WOMEN_FROM <= age <= WOMEN_TO)
    return [
        question for question in QUESTIONS if (may_bear or not question.women) and (is_surgery or not question.surgery)
    ]


@dataclass(frozen=True)
class Worry:
    """An answer that the dentist should hear. is_known: False when the patient does not know."""

    key: str
    level: str
    is_known: bool


def worries(answers: Mapping[str, str]) -> list[Worry]:
    """Return what of the answers the dentist should hear, the grave ones first."""
    found = []
    for question in QUESTIONS:
        answer = answers.get(question.key, "")
        if answer and answer != question.usual:
            level = question.level if answer != "unknown" else WORTH_KNOWING
            found.append(Worry(question.key, level, answer != "unknown"))
    return sorted(found, key=lambda worry: worry.level != GRAVE)


def unanswered(answers: Mapping[str, str], asked: list[Question]) -> list[str]:
    """Return the keys of the questions that have no answer yet."""
    return [question.key for question in asked if not answers.get(question.key)]

"""The guided triage: one short question after the other; each answer may be a sign, and says where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass

END = "end"
MOST_ANSWERS = 9


@dataclass(frozen=True)
class Answer:
    """What may be answered. sign: the key of a sign, or empty. then: "" the next question, "end", or a later one."""

    label: str
    sign: str = ""
    then: str = ""


@dataclass(frozen=True)
class Question:
    """A question with its answers; the digit chooses."""

    key: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Walk:
    """How far the questions are answered. question: the next one, None at the end. signs: found so far, each once."""

    question: Question | None
    signs: tuple[str, ...]
    answered: tuple[tuple[Question, Answer], ...]


def walk(questions: Sequence[Question], given: Sequence[int]) -> Walk:
    """Return where the answers lead. given: the index of each answer; what does not exist ends the list of answers."""
    places = {question.key: number for number, question in enumerate(questions)}
    at: int | None = 0 if questions else None
    signs: list[str] = []
    answered = []
    for index in given:
        if at is None or not 0 <= index < len(questions[at].answers):
            break
        question = questions[at]
        answer = question.answers[index]
        answered.append((question, answer))
        if answer.sign and answer.sign not in signs:
            signs.append(answer.sign)
        at = _next(answer, at, places, len(questions))
    return Walk(questions[at] if at is not None else None, tuple(signs), tuple(answered))


def _next(answer: Answer, at: int, places: dict[str, int], count: int) -> int | None:
    if answer.then == END:
        return None
    # a question that is gone, or lies behind, must not lead in a circle
    wanted = max(places.get(answer.then, at + 1), at + 1)
    return wanted if wanted < count else None


def faults(questions: Sequence[Question], signs: frozenset[str]) -> list[tuple[str, str]]:
    """Return what is wrong with the questions, as pairs of question and fault: no_answer, no_sign, not_later."""
    places = {question.key: number for number, question in enumerate(questions)}
    found = []
    for number, question in enumerate(questions):
        if not question.answers:
            found.append((question.key, "no_answer"))
        for answer in question.answers:
            if answer.sign and answer.sign not in signs:
                found.append((question.key, "no_sign"))
            if answer.then not in ("", END) and places.get(answer.then, -1) <= number:
                found.append((question.key, "not_later"))
    return found

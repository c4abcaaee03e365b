"""Finding an answer while typing: every word must occur, titles count most."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class AnswerLike(Protocol):
    """What finding needs to know."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    words: str
    position: int


A = TypeVar("A", bound=AnswerLike)


def matches(answer: AnswerLike, wanted: str) -> int:
    """Return how well the answer fits: 3 for each word in a title, 2 in the search words, 1 in the text; 0 when one is missing."""
    title = f"{answer.title_zh} {answer.title_en}".lower()
    words, text = answer.words.lower(), f"{answer.text_zh} {answer.text_en}".lower()
    score = 0
    for word in wanted.lower().split():
        points = 3 if word in title else 2 if word in words else 1 if word in text else 0
        if not points:
            return 0
        score += points
    return score


def found(answers: Iterable[A], wanted: str) -> list[A]:
    """Return the answers that fit, the best first; all of them in their order when nothing is wanted."""
    if not wanted.strip():
        return list(answers)
    scored = [(matches(one, wanted), one) for one in answers]
    return [one for score, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].position)) if score]

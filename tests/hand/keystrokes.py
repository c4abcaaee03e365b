"""The keystroke-level model: how long a trained person's hand needs for a task.

S. K. Card, T. P. Moran, A. Newell: The keystroke-level model for user performance time with interactive systems.
Communications of the ACM 23 (1980), 396–410. It adds the times of single operators; the values are the house's own.

A way through a task is written as tokens between blanks; a word after a colon explains one:

    M   decide                        V    search a board or calendar with the eyes
    H   hand to the other device      C    point and click           D   point and drag
    K   one key, K2 a chord of two    T5   five typed characters     X3  three letters of a code
    TAB to the next field: a key, but no action of its own
"""

import re
from collections import Counter
from dataclasses import dataclass

SECONDS = {"K": 0.20, "X": 0.50, "P": 1.10, "B": 0.10, "H": 0.40, "M": 1.35, "V": 1.25}
# token -> (operators of one, how many actions it is)
SIMPLE = {
    "M": ("M", 0),
    "V": ("V", 0),
    "H": ("H", 0),
    "C": ("PBB", 1),
    "D": ("PBPB", 1),
    "TAB": ("K", 0),
}


@dataclass(frozen=True)
class Effort:
    """What a way through a task costs the hand."""

    actions: int
    klm_s: float
    operators: str


def effort_of(tokens: str) -> Effort:
    """Return the effort of a way written as tokens. Raises ValueError for a token that means nothing."""
    counts: Counter[str] = Counter()
    actions = 0
    for word in tokens.split():
        token = word.partition(":")[0]
        if token in SIMPLE:
            operators, is_action = SIMPLE[token]
            counts.update(operators)
        elif found := re.fullmatch(r"([KTX])(\d*)", token):
            letter, number = found.groups()
            counts["X" if letter == "X" else "K"] += int(number or 1)
            is_action = 1
        else:
            raise ValueError(f"{word!r} is no token of the keystroke-level model")
        actions += is_action
    seconds = sum(SECONDS[operator] * count for operator, count in counts.items())
    written = " + ".join(f"{counts[operator]}{operator}" for operator in "MVPBKXH" if counts[operator])
    return Effort(actions=actions, klm_s=round(seconds, 2), operators=written)

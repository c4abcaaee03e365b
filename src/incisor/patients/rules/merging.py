"""Which value of two files is kept when they become one."""

import json
from dataclasses import dataclass

KEPT, LESSER, BOTH = "kept", "lesser", "both"
UNITED = frozenset({"tags", "special_needs", "note"})  # these can hold what both files say
NOTHING = frozenset({"", "[]", "unknown"})


@dataclass(frozen=True)
class Difference:
    """A field in which two files differ, as texts of the history. choices: what may be kept; the first is proposed."""

    field: str
    kept: str
    lesser: str
    choices: tuple[str, ...]


def difference(field: str, kept: str, lesser: str) -> Difference | None:
    """Return how two files differ in a field and what may be kept; None when there is nothing to choose.

    A value beside nothing is kept without asking; lists and notes can be united, and are unless somebody says otherwise."""
    if kept == lesser or lesser in NOTHING:
        return None
    if kept in NOTHING:
        return Difference(field, kept, lesser, (LESSER, KEPT))
    if field in UNITED:
        return Difference(field, kept, lesser, (BOTH, KEPT, LESSER))
    return Difference(field, kept, lesser, (KEPT, LESSER))


def chosen(found: Difference, choice: str) -> str:
    """Return the text that the kept file holds after the choice; an unknown choice takes what is proposed."""
    choice = choice if choice in found.choices else found.choices[0]
    if choice == BOTH:
        return united(found.field, found.kept, found.lesser)
    return found.kept if choice == KEPT else found.lesser


def united(field: str, kept: str, lesser: str) -> str:
    """Return what both say: of a list each word once, of a note the kept one first."""
    if field == "note":
        return kept if lesser in kept else f"{kept}\n{lesser}"
    both = [*json.loads(kept), *json.loads(lesser)]
    return json.dumps(list(dict.fromkeys(both)), ensure_ascii=False)

"""What a mouth looks like now, out of what was seen and done at all visits: a filling ends the caries that it fills.

Each entry is a finding or a treatment of one tooth at one time. Later entries win, surface by surface; an entry about the
whole tooth (missing, crown, implant) ends what stood there before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from incisor.visits.enums import ToothState as S

# drawn over the whole tooth, and about the whole tooth
WHOLE = frozenset({S.MISSING, S.CROWN, S.IMPLANT, S.IMPACTED})
# about the tooth, whatever surfaces were named with it
OF_THE_TOOTH = WHOLE | {S.ROOT_TREATED, S.LOOSE}
# a new tooth state that leaves nothing of what was there before
ENDS_ALL = frozenset({S.MISSING, S.IMPLANT})
# what is repaired by a treatment that leads to the state
REPAIRS: dict[S, frozenset[S]] = {
    S.FILLED: frozenset({S.CARIES, S.FRACTURED}),
    S.CROWN: frozenset({S.CARIES, S.FRACTURED, S.FILLED}),
    S.ROOT_TREATED: frozenset(),
}
# codes of procedures (clinics/data/procedures.json) and the state that they leave; others leave the tooth as it was
LEADS_TO: dict[str, S] = {
    **dict.fromkeys(
        ("filling_composite", "filling_front", "filling_ionomer", "filling_temporary", "wedge_defect", "inlay",
         "child_filling"), S.FILLED,
    ),
    **dict.fromkeys(("root_canal_fill", "root_canal_scope", "root_canal_retreat", "child_pulp"), S.ROOT_TREATED),
    **dict.fromkeys(
        ("extraction_simple", "extraction_surgical", "extraction_wisdom", "child_extraction"), S.MISSING
    ),
    **dict.fromkeys(("crown_zirconia", "crown_metal_ceramic", "implant_crown", "child_crown", "veneer"), S.CROWN),
    "implant_surgery": S.IMPLANT,
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A finding (state) or a treatment (code) of one tooth. surfaces: letters, empty for the whole tooth."""

    at: datetime
    tooth: int
    state: str = ""
    code: str = ""
    surfaces: str = ""
    text: str = ""


@dataclass
class Picture:
    """A tooth now. marks: state → surfaces ("" for the whole tooth), in the order in which they came."""

    marks: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def _add(picture: Picture, state: S, surfaces: str, text: str) -> None:
    if state in ENDS_ALL:
        picture.marks.clear()
        picture.texts.clear()
    elif S.MISSING in picture.marks:
        # what is seen on a tooth shows that it is there
        picture.marks.clear()
        picture.texts.clear()
    for repaired in REPAIRS.get(state, frozenset()):
        _take_off(picture, repaired, surfaces if state not in OF_THE_TOOTH else "")
    before = picture.marks.pop(state, None)
    if state in OF_THE_TOOTH or before == "" or not surfaces:
        picture.marks[state] = ""
    else:
        picture.marks[state] = "".join(letter for letter in "MODBL" if letter in set(surfaces) | set(before or ""))
    if text:
        picture.texts[state] = text


def _take_off(picture: Picture, state: S, surfaces: str) -> None:
    """End a state on the surfaces, all of it where none are named on either side."""
    if state not in picture.marks:
        return
    rest = "".join(letter for letter in picture.marks[state] if letter not in surfaces) if surfaces else ""
    if rest:
        picture.marks[state] = rest
    else:
        del picture.marks[state]
        picture.texts.pop(state, None)


def mouth_of(entries: Iterable[Entry]) -> dict[int, Picture]:
    """Return every tooth that something is known of, as it is now. Entries of one moment: findings before treatments."""
    found: dict[int, Picture] = {}
    for entry in sorted(entries, key=lambda one: (one.at, bool(one.code), one.tooth)):
        state = LEADS_TO.get(entry.code) if entry.code else S(entry.state)
        if state is not None:
            _add(found.setdefault(entry.tooth, Picture()), state, entry.surfaces, entry.text)
    return {tooth: picture for tooth, picture in found.items() if picture.marks}

"""The stages of an enquiry: a table of what may follow what (REC-10)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from incisor.enquiries.enums import LeadStage as S
from incisor.patients.rules import name_key

NEXT: dict[str, frozenset[str]] = {
    S.NEW: frozenset({S.CONTACTED, S.BOOKED, S.ARRIVED, S.LOST}),
    S.CONTACTED: frozenset({S.BOOKED, S.ARRIVED, S.LOST}),
    S.BOOKED: frozenset({S.CONTACTED, S.ARRIVED, S.LOST}),
    S.ARRIVED: frozenset({S.CONTACTED, S.WON, S.LOST}),
    S.WON: frozenset(),
    S.LOST: frozenset({S.CONTACTED}),
}
ORDER = (S.NEW, S.CONTACTED, S.BOOKED, S.ARRIVED, S.WON)


def may_become(stage: str, to: str) -> bool:
    """Tell whether an enquiry of that stage may take the other."""
    return to in NEXT[stage]


def stage_after(stage: str, fact: str) -> str | None:
    """Return the stage that a fact from below (booked, arrived, won) brings, None when it changes nothing.

    An enquiry that was given up is not revived by the fact alone: somebody has to open it again.
    """
    if stage == S.LOST or stage not in ORDER:
        return None
    return fact if ORDER.index(S(fact)) > ORDER.index(S(stage)) and may_become(stage, fact) else None


@dataclass(frozen=True)
class Untied:
    """An open enquiry of somebody without a file. has_number: it names the number under which the file was registered."""

    lead_id: uuid.UUID
    name: str
    has_number: bool


def lead_of_new_file(untied: Sequence[Untied], *, name: str, is_shared: bool) -> uuid.UUID | None:
    """Return the enquiry of the person who was just registered, the first that fits best; None when that is not sure.

    Number and name are sure. The number alone is, where no other file has it: people ask as 林小姐 and register as 林晓.
    The name alone is, where the only enquiry of that name was noted without a number. is_shared: another file has the number.
    """
    own = name_key(name)
    named = [one for one in untied if name_key(one.name) == own]
    both = [one for one in named if one.has_number]
    if both:
        return both[0].lead_id
    numbered = [one for one in untied if one.has_number]
    if numbered and not is_shared:
        return numbered[0].lead_id
    return named[0].lead_id if len(named) == 1 else None

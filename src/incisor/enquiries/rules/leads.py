"""The stages of an enquiry: a table of what may follow what (REC-10)."""

from incisor.enquiries.enums import LeadStage as S

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

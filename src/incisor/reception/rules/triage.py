"""How urgent a complaint is (REQUIREMENTS REC-3). The desk notes signs, the dentist judges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from incisor.visits.enums import Urgency

GRAVITY = (Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Something that the patient says or the desk sees. specialty: whom it points to."""

    key: str
    label: str
    level: str
    advice: str
    specialty: str


def level_of(signs: Iterable[str], known: Mapping[str, Sign]) -> Urgency:
    """Return the gravest level among the signs, routine for none; an unknown sign counts as routine."""
    levels = {known[key].level for key in signs if key in known}
    return next((level for level in GRAVITY if level in levels), Urgency.ROUTINE)


def specialty_of(signs: Iterable[str], known: Mapping[str, Sign]) -> str:
    """Return the specialty that the gravest sign points to, empty for none; among equals the first named."""
    named = [known[key] for key in signs if key in known]
    ordered = sorted(named, key=lambda sign: GRAVITY.index(Urgency(sign.level)))
    return ordered[0].specialty if ordered else ""

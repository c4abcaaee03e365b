"""How urgent a complaint is (REQUIREMENTS REC-3). The desk notes signs, the dentist judges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from incisor.clinics.enums import Specialty
from incisor.visits.enums import Urgency

GRAVITY = (Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Something that the patient says or the desk sees. specialty: whom it points to. digit: in the walk-in's panel.

    opens_reserve: may take the time that is kept for emergencies.
    """

    key: str
    label: str
    level: str
    advice: str
    specialty: str
    opens_reserve: bool = False
    digit: int | None = None


def level_of(signs: Iterable[str], known: Mapping[str, Sign]) -> Urgency:
    """Return the gravest level among the signs, routine for none; an unknown sign counts as routine."""
    levels = {known[key].level for key in signs if key in known}
    return next((level for level in GRAVITY if level in levels), Urgency.ROUTINE)


def specialty_of(signs: Iterable[str], known: Mapping[str, Sign]) -> str:
    """Return the specialty that the gravest sign points to, empty for none; among equals the first named."""
    named = [known[key] for key in signs if key in known]
    ordered = sorted(named, key=lambda sign: GRAVITY.index(Urgency(sign.level)))
    return ordered[0].specialty if ordered else ""


def opens_reserve(signs: Iterable[str], known: Mapping[str, Sign]) -> bool:
    """Tell whether one of the signs may take the time that is kept for emergencies."""
    return any(known[key].opens_reserve for key in signs if key in known)


@dataclass(frozen=True, kw_only=True)
class DentistNow:
    """A dentist who works now or later today. waiting: patients in the queue; delay: minutes behind.

    free_in: minutes until the first gap that fits, None without one.
    """

    key: Any
    specialties: frozenset[str]
    is_own: bool = False
    is_busy: bool = False
    waiting: int = 0
    delay: int = 0
    free_in: int | None = None


@dataclass(frozen=True)
class DentistProposal:
    """A dentist to propose, and why. reasons: specialist, own, free_now, least_waiting."""

    key: Any
    reasons: tuple[str, ...]


NEVER = 10_000


def proposed_dentists(people: Iterable[DentistNow], *, specialty: str, level: str) -> list[DentistProposal]:
    """Return whom to propose, the best first: an emergency goes to whoever suits and is free first, the others to
    the specialist, then to their own dentist, then to whoever has the least to do.

    Who neither has the specialty nor treats everything comes after all who suit. Equal ones keep their order.
    """
    rows = list(people)
    least = min((one.waiting for one in rows), default=0)

    def cost(one: DentistNow) -> tuple[int, ...]:
        suits = not specialty or specialty in one.specialties or Specialty.GENERAL in one.specialties
        is_expert = bool(specialty) and specialty in one.specialties
        soon = one.free_in if one.free_in is not None else NEVER
        load = one.waiting * LOAD_MINUTES + one.delay
        if level == Urgency.EMERGENCY:
            return (not suits, one.is_busy, load, not is_expert, not one.is_own, soon)
        return (not suits, not is_expert, not one.is_own, min(soon, load + NEVER // 2), load)

    return [DentistProposal(one.key, tuple(_reasons(one, specialty, least))) for one in sorted(rows, key=cost)]


LOAD_MINUTES = 20  # house value: what one waiting patient is worth against minutes of delay


def _reasons(one: DentistNow, specialty: str, least: int) -> Iterable[str]:
    if specialty and specialty != Specialty.GENERAL and specialty in one.specialties:
        yield "specialist"
    if one.is_own:
        yield "own"
    if not one.is_busy and one.waiting == 0:
        yield "free_now"
    elif one.waiting == least:
        yield "least_waiting"

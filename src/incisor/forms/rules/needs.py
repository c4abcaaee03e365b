"""Which forms somebody needs: the clinic's rules against what was signed and what is planned."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from incisor.forms.enums import Occasion, Signer


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a clinic. design: the form asked for. months: for EVERY, and for how long a consent holds (0: for good).

    procedures: for PROCEDURE, whose appointments ask for it. since: people registered earlier who have been here are
    not asked at a "first visit". from_age, to_age: both counted in; None for no bound.
    """

    design: uuid.UUID
    occasion: str
    months: int = 0
    procedures: frozenset[uuid.UUID] = frozenset()
    since: date = date.min
    from_age: int | None = None
    to_age: int | None = None
    only: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of somebody. signed: design → days on which a copy that stands was signed, with its procedures."""

    registered_on: date
    last_seen_on: date | None = None
    born_on: date | None = None
    sex: str = "unknown"
    signed: dict[uuid.UUID, list[tuple[date, frozenset[uuid.UUID]]]] = field(default_factory=dict)
    planned: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class Need:
    """A form that is missing. procedures: those it is needed for. is_out_of_date: there was one, too long ago."""

    design: uuid.UUID
    occasion: str
    signer: str
    procedures: frozenset[uuid.UUID] = frozenset()
    is_out_of_date: bool = False


def age_on(born_on: date | None, day: date) -> int | None:
    """Return the age in whole years; somebody born on 29 February has the birthday on 1 March in other years."""
    if born_on is None or born_on > day:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def months_before(day: date, months: int) -> date:
    """Return the same day that many months earlier, the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    month += 1
    for last in (day.day, 30, 29):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    return date(year, month, 28)


def needs_guardian(born_on: date | None, day: date, *, below_age: int) -> bool:
    """Tell whether somebody is too young to sign. Without a birth date the desk decides: no."""
    age = age_on(born_on, day)
    return age is not None and age < below_age


def missing(rules: Iterable[Rule], known: Known, *, day: date, guardian_below_age: int) -> list[Need]:
    """Return the forms that somebody lacks on a day, in the order of the rules, each form once."""
    signer = Signer.PATIENT
    if needs_guardian(known.born_on, day, below_age=guardian_below_age):
        signer = Signer.GUARDIAN
    found: dict[uuid.UUID, Need] = {}
    for rule in rules:
        if rule.design in found or not _concerns(rule, known, day):
            continue
        need = _need(rule, known, day, signer)
        if need is not None:
            found[rule.design] = need
    return list(found.values())


def _concerns(rule: Rule, known: Known, day: date) -> bool:
    age = age_on(known.born_on, day)
    if age is not None and rule.from_age is not None and age < rule.from_age:
        return False
    if age is not None and rule.to_age is not None and age > rule.to_age:
        return False
    return not (rule.only and known.sex in ({"female", "male"} - {rule.only}))


def _need(rule: Rule, known: Known, day: date, signer: str) -> Need | None:
    signed = known.signed.get(rule.design, [])
    if rule.occasion == Occasion.FIRST_VISIT:
        is_new = known.last_seen_on is None or known.registered_on >= rule.since
        return Need(rule.design, rule.occasion, signer) if is_new and not signed else None
    fresh = [one for one in signed if not rule.months or one[0] > months_before(day, rule.months)]
    if rule.occasion == Occasion.EVERY:
        return None if fresh else Need(rule.design, rule.occasion, signer, is_out_of_date=bool(signed))
    planned = rule.procedures & known.planned
    # a copy without procedures holds for all that its form is for
    covered = frozenset().union(*(for_what or rule.procedures for _day, for_what in fresh)) if fresh else frozenset()
    left = planned - covered
    return Need(rule.design, rule.occasion, signer, left, bool(signed)) if left else None

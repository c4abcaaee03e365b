"""When to follow up and what comes of a call: pure decisions (REQUIREMENTS FUP-1 to FUP-5)."""

import uuid
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from incisor.outreach.enums import AFTER_TREATMENT, OUTCOMES, CallOutcome, Satisfaction, TaskKind

OTHER = "other"
MAX_ATTEMPTS = 3


class StepLike(Protocol):
    """What the rules need to know of a protocol's step."""

    treatment: str
    procedures: list[str]
    contact: str


S = TypeVar("S", bound=StepLike)


def due_on(day: date, *, days: int | None = None, months: int | None = None, years: int | None = None) -> date:
    """Return the day that lies so many days, calendar months or years after; the 31st becomes the month's last day."""
    count = day.month - 1 + (months or 0) + 12 * (years or 0)
    year, month = day.year + count // 12, count % 12 + 1
    moved = day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
    return moved + timedelta(days=days or 0)


def task_key(*, visit_id: uuid.UUID, step_id: uuid.UUID) -> str:
    """Return the key of a visit's task: the same visit and step never make two."""
    return f"visit:{visit_id}:{step_id}"


def steps_for(steps: Iterable[S], *, treatment: str, procedure: str) -> list[S]:
    """Return the steps that a procedure calls for. A step that names procedures is for those only."""
    return [one for one in steps if one.treatment == treatment and (not one.procedures or procedure in one.procedures)]


def treatments_to_follow(done: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return which of a visit's (treatment, procedure code) are followed up: “other” only when there is nothing else.

    An X-ray beside an extraction makes no call of its own: nobody is called twice for one visit.
    """
    special = [one for one in done if one[0] != OTHER]
    return list(dict.fromkeys(special or done))


@dataclass(frozen=True, kw_only=True)
class Next:
    """What has to be done after a call: a task of that kind in so many days for that role."""

    kind: str
    after_days: int
    role: str


def outcomes_of(kind: str) -> tuple[str, ...]:
    """Return what may come of a call of that kind, in the order of the digits."""
    return OUTCOMES.get(TaskKind(kind), AFTER_TREATMENT)


def after_call(
    *,
    outcome: str,
    satisfaction: str,
    role: str,
    attempt_count: int,
    dentist_role: str,
    manager_role: str,
    desk_role: str,
) -> list[Next]:
    """Return the tasks that a call makes (FUP-5).

    No answer: tomorrow again, at most MAX_ATTEMPTS times. Unwell: the dentist is told today and the patient is called
    again tomorrow. A professional question goes to the dentist. Dissatisfied: the manager, today. Wrong number: the desk
    looks for the right one, today.
    """
    made: list[Next] = []
    if outcome == CallOutcome.NO_ANSWER and attempt_count < MAX_ATTEMPTS:
        made.append(Next(kind=TaskKind.AGAIN, after_days=1, role=role))
    if outcome == CallOutcome.UNWELL:
        made.append(Next(kind=TaskKind.UNWELL, after_days=0, role=dentist_role))
        made.append(Next(kind=TaskKind.AGAIN, after_days=1, role=role))
    if outcome == CallOutcome.QUESTION:
        made.append(Next(kind=TaskKind.QUESTION, after_days=0, role=dentist_role))
    if outcome == CallOutcome.WRONG_NUMBER:
        made.append(Next(kind=TaskKind.NUMBER, after_days=0, role=desk_role))
    if satisfaction == Satisfaction.A:
        made.append(Next(kind=TaskKind.DISSATISFIED, after_days=0, role=manager_role))
    return made

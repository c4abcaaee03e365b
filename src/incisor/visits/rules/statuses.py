"""The way of a patient through the clinic, as a table. docs/develop/states.md is made from it."""

from typing import NamedTuple

from incisor.visits.enums import QUEUED, StepVerb
from incisor.visits.enums import VisitStatus as S


class Step(NamedTuple):
    """One change of status that may happen."""

    before: S
    after: S
    means: str


# Steps back are not here: each step can be undone while nothing followed it, which restores exactly what was before.
STEPS = (
    Step(S.WAITING, S.CALLED, "called to the chair"),
    Step(S.WAITING, S.IN_CHAIR, "led to the chair without a call"),
    Step(S.WAITING, S.LEFT, "went away untreated, with a reason"),
    Step(S.CALLED, S.IN_CHAIR, "seated, treatment begins"),
    Step(S.CALLED, S.WAITING, "not wanted yet, or was not there when called"),
    Step(S.CALLED, S.LEFT, "went away untreated, with a reason"),
    Step(S.IN_CHAIR, S.TO_PAY, "treatment ended, the chair is to be cleaned"),
    Step(S.TO_PAY, S.DONE, "paid, or settled with a reason"),
)
NEXT: dict[S, frozenset[S]] = {status: frozenset(step.after for step in STEPS if step.before is status) for status in S}
# Steps that leave the status as it is: in which statuses they are taken, and what they mean.
IN_PLACE: dict[StepVerb, tuple[frozenset[S], str]] = {
    StepVerb.CALL_AGAIN: (frozenset({S.CALLED}), "called once more"),
    StepVerb.RETURN: (frozenset({S.WAITING}), "was not there, is back in a fair place of the queue"),
    StepVerb.REORDER: (QUEUED, "put forward or back in the queue, with a reason"),
    StepVerb.REDIRECT: (QUEUED, "waits for another dentist"),
    StepVerb.STAGE: (frozenset({S.IN_CHAIR}), "how far the treatment is, or when it should end"),
    StepVerb.CHAIR: (frozenset({S.IN_CHAIR}), "led to another chair"),
    StepVerb.TRIAGE: (QUEUED, "judged anew how urgent it is"),
}


def may_step(before: str, after: str) -> bool:
    """Tell whether one status may follow the other."""
    return S(after) in NEXT[S(before)]


def may_step_in_place(status: str, verb: str) -> bool:
    """Tell whether a step that leaves the status as it is may be taken in it."""
    return verb in IN_PLACE and S(status) in IN_PLACE[StepVerb(verb)][0]

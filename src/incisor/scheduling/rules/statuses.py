"""The life of an appointment, as a table. docs/develop/appointments.md is made from it."""

from typing import NamedTuple

from incisor.scheduling.enums import FREED, OCCUPYING
from incisor.scheduling.enums import AppointmentStatus as S


class Step(NamedTuple):
    """One change of status that may happen. is_back: it takes an earlier step back."""

    before: S
    after: S
    means: str
    is_back: bool = False

    @property
    def passes_gate(self) -> bool:
        """Whether it takes up time that was given back, and so must find it free."""
        return self.before in FREED and self.after in OCCUPYING

    @property
    def frees_time(self) -> bool:
        """Whether it gives back the time of dentist, chair, assistant and patient."""
        return self.before in OCCUPYING and self.after in FREED


# Each is compare-and-set on the status (and version) that the person saw, and leaves a line with author, time and
# reason. A step back (undo of check-in, of a start, of a no-show) is a step too, with its own line in the history.
STEPS = (
    Step(S.REQUESTED, S.CONFIRMED, "the clinic or the patient confirms"),
    Step(S.REQUESTED, S.ARRIVED, "checked in at the desk"),
    Step(S.REQUESTED, S.CANCELLED, "given up, with a reason"),
    Step(S.REQUESTED, S.NO_SHOW, "did not come"),
    Step(S.REQUESTED, S.RESCHEDULED, "cut out of the calendar, to be placed again"),
    Step(S.CONFIRMED, S.ARRIVED, "checked in at the desk"),
    Step(S.CONFIRMED, S.CANCELLED, "given up, with a reason"),
    Step(S.CONFIRMED, S.NO_SHOW, "did not come"),
    Step(S.CONFIRMED, S.RESCHEDULED, "cut out of the calendar, to be placed again"),
    Step(S.ARRIVED, S.IN_TREATMENT, "seated, treatment begins"),
    Step(S.ARRIVED, S.CANCELLED, "left before treatment"),
    Step(S.ARRIVED, S.CONFIRMED, "check-in taken back", is_back=True),
    Step(S.ARRIVED, S.REQUESTED, "check-in taken back", is_back=True),
    Step(S.IN_TREATMENT, S.COMPLETED, "treatment ended"),
    Step(S.IN_TREATMENT, S.ARRIVED, "start taken back", is_back=True),
    Step(S.COMPLETED, S.IN_TREATMENT, "end taken back", is_back=True),
    Step(S.CANCELLED, S.CONFIRMED, "comes after all", is_back=True),
    Step(S.CANCELLED, S.REQUESTED, "comes after all", is_back=True),
    Step(S.CANCELLED, S.ARRIVED, "comes after all, and is here", is_back=True),
    Step(S.NO_SHOW, S.ARRIVED, "came late", is_back=True),
    Step(S.NO_SHOW, S.CONFIRMED, "was entered by mistake", is_back=True),
    Step(S.NO_SHOW, S.REQUESTED, "was entered by mistake", is_back=True),
    Step(S.RESCHEDULED, S.CONFIRMED, "placed again"),
    Step(S.RESCHEDULED, S.REQUESTED, "cut taken back", is_back=True),
    Step(S.RESCHEDULED, S.CANCELLED, "given up, with a reason"),
)
NEXT: dict[S, frozenset[S]] = {status: frozenset(step.after for step in STEPS if step.before is status) for status in S}
# Only who has not begun treatment can get another time, dentist or chair; what was cut out of the calendar gets one.
MOVABLE = frozenset({S.REQUESTED, S.CONFIRMED, S.ARRIVED, S.RESCHEDULED})


def may_change(before: str, after: str) -> bool:
    """Tell whether one status may follow the other."""
    return S(after) in NEXT[S(before)]

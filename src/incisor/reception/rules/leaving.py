"""What is still open when a patient wants to leave, and when the visit may be closed (REQUIREMENTS REC-12)."""

from collections.abc import Collection
from dataclasses import dataclass

from incisor.reception.enums import LeaveReason, Matter

M, R = Matter, LeaveReason
# The reasons that are offered for each matter, in the order of the digits. OTHER needs words.
REASONS: dict[Matter, tuple[LeaveReason, ...]] = {
    M.MONEY: (R.PAYS_LATER, R.OTHER),
    M.NEXT_VISIT: (R.WILL_CALL, R.THINKS, R.NOT_WANTED, R.OTHER),
    M.AFTERCARE: (R.TOLD, R.HAS_IT, R.NOT_WANTED, R.OTHER),
    M.FORMS: (R.ON_PAPER, R.NEXT_TIME, R.NOT_WANTED, R.OTHER),
}


@dataclass(frozen=True, kw_only=True)
class AtTheDoor:
    """How things stand with a patient who wants to leave.

    is_settled: charged and all of it paid. wants_next, has_next: a further visit is wanted, and one is booked.
    sheets_open: sheets that were neither printed nor sent. sends_sheets: they go by message when the visit is closed.
    forms_open: forms that were handed out or are asked for, and nobody signed. excused: matters with a reason.
    """

    is_settled: bool
    wants_next: bool = False
    has_next: bool = False
    sheets_open: int = 0
    sends_sheets: bool = False
    forms_open: int = 0
    excused: frozenset[Matter] = frozenset()


def left_open(door: AtTheDoor) -> list[Matter]:
    """Return what has to be settled, or excused with a reason, before the visit can be closed; in the order of the desk."""
    is_open = {
        M.MONEY: not door.is_settled,
        M.NEXT_VISIT: door.wants_next and not door.has_next,
        M.AFTERCARE: door.sheets_open > 0 and not door.sends_sheets,
        M.FORMS: door.forms_open > 0,
    }
    return [matter for matter in M if is_open[matter] and matter not in door.excused]


def may_give(matter: str, reason: str, words: str) -> bool:
    """Tell whether a reason fits the matter; another reason than those listed is written out."""
    return R(reason) in REASONS[M(matter)] and (reason != R.OTHER or bool(words.strip()))


def may_ask(*, is_on: bool, can_reach: bool, days_since_last: int | None, every_days: int) -> bool:
    """Tell whether the patient is asked after this visit how it was: reachable, and not asked lately."""
    return is_on and can_reach and (days_since_last is None or days_since_last >= every_days)


def sheets_of(done: Collection[str], booked: Collection[str]) -> list[str]:
    """Return the sheets that belong to a visit, each once: of what was done, else of what was booked."""
    return list(dict.fromkeys(key for key in (done or booked) if key))

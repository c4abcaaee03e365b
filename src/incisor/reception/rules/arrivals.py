"""How somebody comes, against what is booked, and what the desk may do at once: a table (REQUIREMENTS REC-2, REC-5)."""

from dataclasses import dataclass

from incisor.reception.enums import Act, Situation
from incisor.scheduling.enums import AppointmentStatus as A

S = Situation


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Somebody at the door with an appointment.

    minutes: since the appointed time, below zero before it. days: since the appointed day, below zero before it.
    told_minutes: how much later the patient said to come. is_here: the appointment has its visit. is_own: of this clinic.
    """

    status: str
    minutes: int
    days: int = 0
    told_minutes: int = 0
    is_here: bool = False
    is_own: bool = True


@dataclass(frozen=True)
class Limits:
    """From how many minutes on somebody is early or late."""

    early: int
    late: int


@dataclass(frozen=True)
class Handling:
    """What follows. checks_in: without asking back. alone: kiosk and phone may do it, nobody at the desk has to look.

    acts: what the desk is offered, the likeliest first.
    """

    checks_in: bool = False
    alone: bool = False
    acts: tuple[Act, ...] = ()


TABLE: dict[Situation, Handling] = {
    S.ON_TIME: Handling(checks_in=True, alone=True),
    S.EARLY: Handling(checks_in=True, alone=True, acts=(Act.GAP,)),
    S.LATE: Handling(checks_in=True, acts=(Act.GAP, Act.BOOK)),
    S.LATE_TOLD: Handling(checks_in=True, alone=True),
    S.MISSED: Handling(checks_in=True, acts=(Act.CHECK_IN, Act.GAP, Act.QUEUE, Act.BOOK)),
    S.CANCELLED: Handling(acts=(Act.RESTORE, Act.QUEUE, Act.BOOK)),
    S.CUT: Handling(acts=(Act.GAP, Act.QUEUE, Act.BOOK)),
    S.COMING_DAY: Handling(acts=(Act.GAP, Act.QUEUE)),
    S.PAST_DAY: Handling(acts=(Act.QUEUE, Act.BOOK)),
    S.OTHER_CLINIC: Handling(),
    S.HERE: Handling(acts=(Act.BOOK,)),
    S.OVER: Handling(acts=(Act.QUEUE, Act.BOOK)),
}
BY_STATUS = {A.CANCELLED: S.CANCELLED, A.RESCHEDULED: S.CUT, A.COMPLETED: S.OVER, A.IN_TREATMENT: S.HERE}


def situation_of(coming: Coming, limits: Limits) -> Situation:
    """Return how somebody comes. What was cancelled stays so on every day; the day comes before the hour."""
    if not coming.is_own:
        return S.OTHER_CLINIC
    if coming.is_here:
        return S.OVER if coming.status == A.COMPLETED else S.HERE
    if coming.status in BY_STATUS:
        return BY_STATUS[A(coming.status)]
    if coming.days:
        return S.PAST_DAY if coming.days > 0 else S.COMING_DAY
    if coming.status == A.NO_SHOW:
        return S.MISSED
    return _by_the_clock(coming, limits)


def _by_the_clock(coming: Coming, limits: Limits) -> Situation:
    if coming.minutes < -limits.early:
        return S.EARLY
    if coming.minutes <= limits.late:
        return S.ON_TIME
    return S.LATE_TOLD if coming.told_minutes and coming.minutes <= coming.told_minutes + limits.late else S.LATE


def acts_of(situation: str, *, is_past: bool, is_restorable: bool = True) -> tuple[Act, ...]:
    """Return what is offered. is_past: the appointed time is over. is_restorable: the old time is of today."""
    wanted = TABLE[Situation(situation)].acts
    return tuple(act for act in wanted if act != Act.RESTORE or (is_restorable and not is_past))

"""Which of the free times to propose: a replaceable judgement, and a choice of few that differ from each other."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from incisor.scheduling.enums import ProposalReason as R

# Reserved for urgent cases until shortly before (APT-10).
RESERVE_OPENS_MINUTES = 120
DAY = 1440


class Candidate(NamedTuple):
    """A free time and what is known about it.

    wait: minutes from now. load: 0 to 1, what of the dentist's working day is taken with this appointment in it.
    gap_before, gap_after: free minutes that it leaves to its neighbours. hour: of the wall clock, as a fraction.
    """

    dentist: Any
    chair: Any
    start: int
    wait: int
    load: float
    hour: float
    day: int
    gap_before: int = 0
    gap_after: int = 0
    is_own_dentist: bool = False
    is_usual_chair: bool = True
    is_specialist: bool = False
    usual_hour: float | None = None
    is_usual_weekday: bool = False


class Judgement(NamedTuple):
    """cost: in days of waiting, small is good. reasons: what speaks for it, the strongest first."""

    cost: float
    reasons: tuple[R, ...]


Rank = Callable[[Candidate], Judgement]


def judge(*, reserve: float = 0.15, is_urgent: bool = False, shortest_gap: int = 20, is_move: bool = False) -> Rank:
    """Return the house's judgement; every weight says how many days of waiting it is worth.

    reserve: part of each dentist's day kept for urgent cases. shortest_gap: minutes below which a gap is of no use.
    is_move: who gets another time keeps dentist, hour and weekday before anything else.
    """
    own_dentist, hour = (8.0, 0.8) if is_move else (2.0, 0.15)

    def cost(candidate: Candidate) -> Judgement:
        # taken apart once: this is asked of hundreds
        (
            _dentist, _chair, _start, wait, load, hour_, _day, gap_before, gap_after, is_own_dentist, is_usual_chair,
            is_specialist, usual_hour, is_usual_weekday,
        ) = candidate  # fmt: skip
        sum_, reasons = wait / DAY, []
        if is_own_dentist:
            sum_ -= own_dentist
            reasons.append(R.OWN_DENTIST)
        if is_specialist:
            sum_ -= 0.5
            reasons.append(R.SPECIALIST)
        if usual_hour is not None:
            away = abs(hour_ - usual_hour)
            sum_ += min(away, 4.0) * hour
            if away <= 1.0:
                reasons.append(R.PREFERRED_TIME)
        if is_usual_weekday:
            sum_ -= 3.0
        if not is_urgent and load > 1 - reserve and wait > RESERVE_OPENS_MINUTES:
            sum_ += 3.0
            reasons.append(R.USES_RESERVE)
        sum_ += 0.4 * ((0 < gap_before < shortest_gap) + (0 < gap_after < shortest_gap))
        if gap_before == 0 and gap_after == 0:
            sum_ -= 0.3
            reasons.append(R.FITS_GAP)
        sum_ += 0.8 * load
        if load < 0.4:
            reasons.append(R.QUIET)
        if not is_usual_chair:
            sum_ += 0.3
            reasons.append(R.OTHER_CHAIR)
        return Judgement(sum_, tuple(reasons))

    return cost


def best(candidates: Iterable[Candidate], *, rank: Rank, count: int = 5) -> list[tuple[Candidate, tuple[R, ...]]]:
    """Return few proposals of small cost that differ: another dentist, another day, another part of the day.

    The soonest of those returned says so. Equal costs: the earlier, then the dentist that came first, so that the same
    question has the same answer.
    """
    order: dict[Any, int] = {}
    judged = [(rank(one), one, order.setdefault(one.dentist, len(order))) for one in candidates]
    rows = sorted((judgement.cost, one.start, nth, index) for index, (judgement, one, nth) in enumerate(judged))
    chosen: list[tuple[Judgement, Candidate]] = []
    while rows and len(chosen) < count:
        least, lowest = rows[0], (float("inf"), 0, 0)
        for row in rows:
            if row[0] > lowest[0]:
                break  # those that follow cost more even if they are like none of the chosen
            like = sum(_likeness(judged[row[3]][1], other) for _judgement, other in chosen)
            mine = (row[0] + like, row[1], row[2])
            if mine < lowest:
                least, lowest = row, mine
        rows.remove(least)
        chosen.append(judged[least[3]][:2])
    if not chosen:
        return []
    soonest = min(candidate.start for _judgement, candidate in chosen)
    return [
        (candidate, ((R.SOONEST,) if candidate.start == soonest else ()) + judgement.reasons)
        for judgement, candidate in chosen
    ]


def _likeness(candidate: Candidate, other: Candidate) -> float:
    is_near = abs(candidate.start - other.start) < 60
    if candidate.dentist == other.dentist:
        return 4.0 if is_near else 0.8 if candidate.day == other.day else 0.1
    if is_near:
        return 0.7
    return 0.2 if candidate.day == other.day else 0.0

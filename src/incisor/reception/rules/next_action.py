"""The one thing that the desk should do next, and why.

RULES is the whole policy, tried from the top; a clinic that wants another one puts in another list. Each rule looks at
the moment and names at most one act; what costs most while it is not done stands first.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from incisor.reception.rules.queue import Waiting, next_to_call


class Act(StrEnum):
    """What is done with one press."""

    CALL = "call"
    CALL_AGAIN = "call_again"
    PARK = "park"
    SEAT = "seat"
    FREE_CHAIR = "free_chair"
    TELL = "tell"
    CHECK_OUT = "check_out"
    NO_SHOW = "no_show"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody in the waiting room. waited: minutes since due; called: minutes since called, None before that.

    told: minutes since the wait was last explained, None for never. parked: minutes since found missing.
    chair: that could be used at once, None when there is none.
    """

    entry: Waiting
    waited: int = 0
    called: int | None = None
    calls: int = 0
    told: int | None = None
    parked: int | None = None
    chair: Hashable | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Something that lasts for some minutes: a chair being cleaned, somebody at the cash desk, somebody who is late."""

    key: Hashable
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Minutes from which something is worth a word; those of FlowRules and some of the house."""

    prompt: int = 15
    tell_again: int = 10
    recall_after: int = 3
    calls_before_parking: int = 2
    cleaning: int = 8
    paying: int = 5
    late: int = 15
    parked: int = 10


@dataclass(frozen=True, kw_only=True)
class Moment:
    """All that the rules know. busy: dentists with a patient in the chair; on_duty: those who treat today.

    frees_in: minutes until the next dentist is done, None when nobody is treated.
    """

    guests: Sequence[Guest] = ()
    busy: frozenset[Hashable] = frozenset()
    on_duty: frozenset[Hashable] = frozenset()
    cleaning: Sequence[Standing] = ()
    paying: Sequence[Standing] = ()
    late: Sequence[Standing] = ()
    frees_in: int | None = None
    limits: Limits = field(default_factory=Limits)

    def guest(self, key: Hashable) -> Guest:
        """Return the guest of an entry of the queue."""
        return next(one for one in self.guests if one.entry.key == key)

    @property
    def waiting(self) -> list[Guest]:
        """Who can be called: waits, is there, is not called yet."""
        return [one for one in self.guests if one.called is None and one.parked is None]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One act on one thing, and why: rule names the reason, minutes is its figure, count how many it concerns."""

    act: Act
    key: Hashable
    rule: str
    minutes: int = 0
    count: int = 0


Rule = Callable[[Moment], Suggestion | None]


def emergency_waits(now: Moment) -> Suggestion | None:
    """An emergency is called before anything else is done."""
    first = next_to_call(one.entry for one in now.waiting)
    if first is None or not first.is_emergency:
        return None
    return Suggestion(act=Act.CALL, key=first.key, rule="emergency_waits", minutes=now.guest(first.key).waited)


def called_is_missing(now: Moment) -> Suggestion | None:
    """Who was called and did not come is called again, then put aside so that others do not wait for nothing."""
    missing = [one for one in now.guests if one.called is not None and one.called >= now.limits.recall_after]
    if not missing:
        return None
    one = max(missing, key=lambda guest: (guest.called or 0, -guest.entry.number))
    is_enough = one.calls >= now.limits.calls_before_parking
    return Suggestion(
        act=Act.PARK if is_enough else Act.CALL_AGAIN,
        key=one.entry.key,
        rule="called_often" if is_enough else "called_is_missing",
        minutes=one.called or 0,
        count=one.calls,
    )


def dentist_is_idle(now: Moment) -> Suggestion | None:
    """A free dentist, a free chair and somebody who waits for both: the dearest minute of the clinic."""
    promised = {one.entry.dentist for one in now.guests if one.called is not None}
    free = now.on_duty - now.busy - promised
    ready = [
        one
        for one in now.waiting
        if one.chair is not None and (one.entry.dentist in free or (one.entry.dentist is None and free))
    ]
    first = next_to_call(one.entry for one in ready)
    if first is None:
        return None
    return Suggestion(
        act=Act.CALL, key=first.key, rule="dentist_is_idle", minutes=now.guest(first.key).waited, count=len(free)
    )


def chair_is_missing(now: Moment) -> Suggestion | None:
    """Somebody waits, no chair is ready, and one has been cleaned for long: is it not clean by now?"""
    if not now.waiting or any(one.chair is not None for one in now.guests) or not now.cleaning:
        return None
    longest = max(now.cleaning, key=lambda one: one.minutes)
    if longest.minutes < now.limits.cleaning:
        return None
    return Suggestion(
        act=Act.FREE_CHAIR,
        key=longest.key,
        rule="chair_is_missing",
        minutes=longest.minutes,
        count=len(now.waiting),
    )


def called_stands_there(now: Moment) -> Suggestion | None:
    """Who was just called is led to the chair that is ready."""
    called = [one for one in now.guests if one.called is not None and one.chair is not None]
    if not called:
        return None
    one = min(called, key=lambda guest: (-(guest.called or 0), guest.entry.number))
    return Suggestion(act=Act.SEAT, key=one.entry.key, rule="called_stands_there", minutes=one.called or 0)


def waits_too_long(now: Moment) -> Suggestion | None:
    """Whoever waits longer than the limit hears why, and gets something (REC-4); one word holds for a while."""
    long = [
        one
        for one in now.waiting
        if one.waited >= now.limits.prompt and (one.told is None or one.told >= now.limits.tell_again)
    ]
    if not long:
        return None
    one = min(long, key=lambda guest: (-guest.waited, guest.entry.number))
    return Suggestion(
        act=Act.TELL, key=one.entry.key, rule="waits_too_long", minutes=one.waited, count=now.frees_in or 0
    )


def wants_to_pay(now: Moment) -> Suggestion | None:
    """Who is treated wants to go home."""
    return _longest(now.paying, now.limits.paying, Act.CHECK_OUT, "wants_to_pay")


def is_not_coming(now: Moment) -> Suggestion | None:
    """Who is late by more than the limit is telephoned, or the time is given to somebody else."""
    return _longest(now.late, now.limits.late, Act.NO_SHOW, "is_not_coming")


def was_not_there(now: Moment) -> Suggestion | None:
    """Nobody stays put aside for ever: look for the patient."""
    parked = [Standing(key=one.entry.key, minutes=one.parked) for one in now.guests if one.parked is not None]
    return _longest(parked, now.limits.parked, Act.RETURN, "was_not_there")


def _longest(things: Sequence[Standing], limit: int, act: Act, rule: str) -> Suggestion | None:
    over = [one for one in things if one.minutes >= limit]
    if not over:
        return None
    one = max(over, key=lambda thing: thing.minutes)
    return Suggestion(act=act, key=one.key, rule=rule, minutes=one.minutes, count=len(over))


RULES: tuple[Rule, ...] = (
    emergency_waits,
    called_is_missing,
    dentist_is_idle,
    chair_is_missing,
    called_stands_there,
    waits_too_long,
    wants_to_pay,
    is_not_coming,
    was_not_there,
)


def next_action(now: Moment, rules: Sequence[Rule] = RULES) -> Suggestion | None:
    """Return what to do next, None when nobody needs the desk."""
    return next((found for rule in rules if (found := rule(now)) is not None), None)

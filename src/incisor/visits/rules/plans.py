"""Treatment plans: their statuses as a table, estimates, what of them is done, what is due next. Plain values."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from incisor.visits.enums import DecisionKind
from incisor.visits.enums import PlanStatus as S
from incisor.visits.rules.quantities import charged_quantity

# From a status to those that may follow. OFFERED to DRAFT: taken back to change it. ACCEPTED and DECLINED to OFFERED: the
# decision was taken back. FINISHED to ACCEPTED: a treatment that was recorded by mistake is open again.
NEXT: dict[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.OFFERED, S.PUT_AWAY}),
    S.OFFERED: frozenset({S.DRAFT, S.ACCEPTED, S.DECLINED, S.PUT_AWAY}),
    S.ACCEPTED: frozenset({S.OFFERED, S.FINISHED, S.STOPPED}),
    S.DECLINED: frozenset({S.OFFERED}),
    S.FINISHED: frozenset({S.ACCEPTED}),
    S.STOPPED: frozenset({S.ACCEPTED}),
    S.PUT_AWAY: frozenset({S.DRAFT}),
}
AGREED = frozenset({S.ACCEPTED, S.FINISHED, S.STOPPED})
AFTER_DECISION = {DecisionKind.ACCEPTED: S.ACCEPTED, DecisionKind.DECLINED: S.DECLINED}
LONGEST_GAP_DAYS = 1095
THINKING_DAYS = 7  # when nobody says otherwise, a patient who thinks about it is asked after a week


def may_become(before: str, after: str) -> bool:
    """Tell whether one status of a plan may follow the other."""
    return S(after) in NEXT[S(before)]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One procedure that is planned. since: what was done from that day on counts. is_settled: nobody waits for it."""

    id: Hashable
    procedure: Hashable
    teeth: tuple[int, ...] = ()
    quantity: int = 1
    is_per_tooth: bool = False
    unit_minor: int | None = None
    since: date = date.min
    is_settled: bool = False

    @property
    def wanted(self) -> int:
        """How many times it is to be done: once for each tooth, or as often as the quantity says."""
        return max(self.quantity, len(self.teeth))

    @property
    def price_minor(self) -> int | None:
        """What it is estimated to cost; None without a price."""
        if self.unit_minor is None:
            return None
        return self.unit_minor * charged_quantity(
            quantity=self.quantity, teeth=self.teeth, is_per_tooth=self.is_per_tooth
        )


@dataclass(frozen=True)
class Estimate:
    """What planned procedures cost in all. unpriced_count: how many have no price and are not in the sum."""

    total_minor: int = 0
    unpriced_count: int = 0


def estimate(items: Iterable[Planned]) -> Estimate:
    """Return what the procedures cost in all."""
    prices = [item.price_minor for item in items]
    return Estimate(sum(price for price in prices if price is not None), prices.count(None))


@dataclass(frozen=True, kw_only=True)
class DoneOnce:
    """A procedure that was recorded as done."""

    procedure: Hashable
    teeth: tuple[int, ...] = ()
    quantity: int = 1
    on: date


@dataclass
class Progress:
    """How far an item is. count: how many times it was done; last_on: when last."""

    item: Planned
    count: int = 0
    last_on: date | None = None

    @property
    def is_done(self) -> bool:
        return self.count >= self.item.wanted

    @property
    def is_open(self) -> bool:
        return not self.is_done and not self.item.is_settled

    def count_once(self, on: date) -> None:
        """Count one more time, on that day."""
        self.count += 1
        self.last_on = max(self.last_on or on, on)


@dataclass
class _Wanted:
    """Places of an item that wait for a treatment: its teeth, and how many more without naming one."""

    progress: Progress
    teeth: list[int]
    free: int

    def take(self, done: DoneOnce, tooth: int | None, *, exactly: bool) -> bool:
        """Count the treatment on a tooth (None: named none) if it is wanted here."""
        item = self.progress.item
        if done.procedure != item.procedure or done.on < item.since:
            return False
        if exactly:
            if tooth not in self.teeth:
                return False
            self.teeth.remove(tooth)
        elif tooth is None and self.teeth:
            self.teeth.pop(0)
        elif self.free and (tooth is None or not item.teeth or tooth in item.teeth):
            self.free -= 1
        else:
            return False
        self.progress.count_once(done.on)
        return True


def progress(items: Sequence[Planned], done: Iterable[DoneOnce]) -> dict[Hashable, Progress]:
    """Return how far each item is, by its id. Each treatment counts once, for the first item that it fits.

    Named teeth are matched first, then what names none. Settled items take nothing from the others.
    """
    found = {item.id: Progress(item) for item in items}
    waiting = [
        _Wanted(found[item.id], list(item.teeth), item.wanted - len(item.teeth))
        for item in items
        if not item.is_settled
    ]
    rest: list[tuple[DoneOnce, int | None]] = []
    for one in sorted(done, key=lambda row: row.on):
        units: list[int | None] = [*one.teeth, *[None] * (max(one.quantity, len(one.teeth)) - len(one.teeth))]
        for tooth in units:
            if tooth is None or not any(place.take(one, tooth, exactly=True) for place in waiting):
                rest.append((one, tooth))
    for one, tooth in rest:
        any(place.take(one, tooth, exactly=False) for place in waiting)
    return found


@dataclass(frozen=True)
class Stage:
    """What belongs together in time. after_days: how long after the stage before it is finished."""

    items: tuple[Planned, ...] = ()
    after_days: int = 0


@dataclass(frozen=True)
class Due:
    """What is next: the first stage with something open, its open items, and the day from which it is due."""

    stage: int
    items: tuple[Planned, ...]
    on: date


def due_next(stages: Sequence[Stage], found: dict[Hashable, Progress], *, agreed_on: date) -> Due | None:
    """Return what is due next; None when nothing is open. The first stage is due from the day of the agreement on."""
    before = agreed_on
    for number, stage in enumerate(stages):
        opened = tuple(item for item in stage.items if found[item.id].is_open)
        if opened:
            begun = [found[item.id].last_on for item in stage.items if found[item.id].count]
            # a stage that has begun goes on at once
            on = before if begun else before + timedelta(days=stage.after_days)
            return Due(number, opened, on)
        before = max([before, *(day for item in stage.items if (day := found[item.id].last_on))])
    return None


def is_finished(found: dict[Hashable, Progress]) -> bool:
    """Tell whether nothing of a plan is open any more. A plan without items is not finished."""
    return bool(found) and not any(one.is_open for one in found.values())


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What an option holds, for the rule that says whether a plan can be offered."""

    title: str
    stage_items: tuple[int, ...] = field(default=())


def missing_for_offer(options: Sequence[Drawn]) -> list[str]:
    """Return what a plan lacks before a patient can decide: "options", "titles", "items"; empty when it is whole."""
    if not options:
        return ["options"]
    missing = []
    if len(options) > 1 and not all(option.title.strip() for option in options):
        missing.append("titles")
    if not all(sum(option.stage_items) for option in options):
        missing.append("items")
    return missing

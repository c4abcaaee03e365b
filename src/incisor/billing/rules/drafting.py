"""How a draft follows the visit note: which lines are new, changed or gone. What the cashier entered stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from incisor.visits.rules.quantities import charged_quantity

__all__ = ["Done", "Drafted", "Plan", "charged_quantity", "plan"]


@dataclass(frozen=True)
class Done:
    """A procedure that the note says was done. quantity: what is charged."""

    id: Any
    procedure_id: Any
    teeth: tuple[int, ...]
    quantity: int


@dataclass(frozen=True)
class Drafted:
    """A line of the draft that was made from the note. quantity: what the note said when it was read last."""

    id: Any
    treatment_id: Any
    procedure_id: Any
    teeth: tuple[int, ...]
    quantity: int
    is_unpriced: bool = False


@dataclass
class Plan:
    """What the draft needs to be up to date. changes: line and what the note now says of it."""

    additions: list[Done] = field(default_factory=list)
    changes: list[tuple[Drafted, Done]] = field(default_factory=list)
    leavers: list[Drafted] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.additions or self.changes or self.leavers)


def plan(*, lines: Sequence[Drafted], done: Sequence[Done], priced: Collection[Any] = ()) -> Plan:
    """Return what to change so that the lines say what was done.

    A note that was written anew has new rows: the same procedure on the same teeth keeps its line, with its discount.
    priced: the procedures that now have a price; lines still without one are changed.
    """
    result = Plan()
    by_key = {one.id: one for one in done}
    pairs = [(line, by_key.pop(line.treatment_id)) for line in lines if line.treatment_id in by_key]
    matched = {line.id for line, _one in pairs}
    for line in lines:
        if line.id in matched:
            continue
        same = [one for one in by_key.values() if (one.procedure_id, one.teeth) == (line.procedure_id, line.teeth)]
        if same:
            pairs.append((line, by_key.pop(same[0].id)))
        else:
            result.leavers.append(line)
    for line, one in pairs:
        was = (line.treatment_id, line.procedure_id, line.teeth, line.quantity)
        if was != (one.id, one.procedure_id, one.teeth, one.quantity) or (
            line.is_unpriced and one.procedure_id in priced
        ):
            result.changes.append((line, one))
    result.additions = list(by_key.values())
    return result

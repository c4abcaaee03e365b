"""Blocks: which of them stand in the way of a booking. The rule of the reserve can be replaced by another one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from incisor.kernel.spans import Span
from incisor.scheduling.enums import BlockKind as B
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.rules.needs import Need


@dataclass(frozen=True)
class BlockedTime:
    """A block of one day. dentist, chair: whose; both None: every dentist's. only: kinds of treatment it is kept for."""

    span: Span
    kind: str = B.OTHER
    label: str = ""
    dentist: Any = None
    chair: Any = None
    only: frozenset[str] = frozenset()
    opens_minutes: int = 0


@dataclass(frozen=True)
class Asking:
    """Who wants to use a block: for what, and at which minute the question is put. need: None asks for nobody."""

    need: Need | None
    now: int | None


# Tells whether a reserve for emergencies may be used.
Opens = Callable[[BlockedTime, Asking], bool]


def opens_before(block: BlockedTime, asking: Asking) -> bool:
    """Open the reserve for urgent cases at any time, for everybody its minutes before it begins (REQUIREMENTS APT-10)."""
    if asking.need is not None and asking.need.is_urgent:
        return True
    return asking.now is not None and asking.now >= block.span[0] - block.opens_minutes


def hindrance(block: BlockedTime, asking: Asking, *, opens: Opens = opens_before) -> K | None:
    """Return why the block stands in the way, None when it does not."""
    if block.kind == B.RESERVE:
        return None if opens(block, asking) else K.RESERVE
    if block.kind == B.ONLY:
        return None if asking.need is not None and admits(block.only, asking.need.kinds) else K.ONLY
    return K.BLOCK


def holds_on(
    day: date, *, weekdays: Iterable[int], valid_from: date, valid_until: date | None, skipped: Iterable[str]
) -> bool:
    """Tell whether a weekly block holds on that day. skipped: days, in ISO, on which it does not."""
    return (
        day.weekday() in weekdays
        and valid_from <= day
        and (valid_until is None or day <= valid_until)
        and day.isoformat() not in skipped
    )


def admits(only: frozenset[str], kinds: Iterable[frozenset[str]]) -> bool:
    """Tell whether every one of the treatments is of the kinds that a time is kept for."""
    rows = list(kinds)
    return bool(rows) and all(kind & only for kind in rows)

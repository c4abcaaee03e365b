"""Which visits are kept to be booked again, and which booking settles one."""

from collections.abc import Collection
from typing import Any

from incisor.scheduling.enums import CancelReason as C

# Who was never coming, or has gone elsewhere, is not asked to come again.
NOT_KEPT = frozenset({C.MISTAKE, C.TREATED_ELSEWHERE})


def is_kept(reason: str) -> bool:
    """Tell whether a visit cancelled for this reason waits to be booked again."""
    return reason not in NOT_KEPT


def settles(booked: Collection[Any], wanted: Collection[Any]) -> bool:
    """Tell whether a booking of these procedures is the visit that was to be booked again.

    One procedure in common is enough. A visit for which nothing was entered is settled by any booking.
    """
    return not wanted or bool(set(booked) & set(wanted))

"""Stretches of time in whole minutes since 1970 in UTC: plain pairs (start, end), the end outside.

Whole minutes make every rule about free and taken time a matter of comparing integers; days, zones and clock changes
are settled where wall-clock hours are turned into minutes, once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

Span = tuple[int, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def minute_of(at: datetime) -> int:
    """Return the minute that the moment lies in."""
    return (at - EPOCH) // _MINUTE


def minute_after(at: datetime) -> int:
    """Return the first whole minute that is not before the moment."""
    return -((EPOCH - at) // _MINUTE)


def moment_of(minute: int) -> datetime:
    """Return the moment at which the minute begins, in UTC."""
    return EPOCH + minute * _MINUTE


def span_of(starts_at: datetime, ends_at: datetime) -> Span:
    """Return the whole minutes that the two moments touch."""
    return minute_of(starts_at), minute_after(ends_at)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same minutes as few spans as possible, in order; empty spans vanish."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def common(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """Return the minutes that lie in both."""
    return overlap(joined(left), joined(right))


def overlap(a: Sequence[Span], b: Sequence[Span]) -> list[Span]:
    """Return the minutes that lie in both, of spans that are joined already: for asking many times."""
    result: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        (a_start, a_end), (b_start, b_end) = a[i], b[j]
        start, end = a_start if a_start > b_start else b_start, a_end if a_end < b_end else b_end
        if start < end:
            result.append((start, end))
        if a_end < b_end:
            i += 1
        else:
            j += 1
    return result


def without(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """Return the minutes of the left that do not lie in the right."""
    taken = joined(right)
    result: list[Span] = []
    j = 0
    for start, end in joined(left):
        while j < len(taken) and taken[j][1] <= start:
            j += 1
        k = j
        while k < len(taken) and taken[k][0] < end:
            if taken[k][0] > start:
                result.append((start, taken[k][0]))
            start = max(start, taken[k][1])
            k += 1
        if start < end:
            result.append((start, end))
    return result


def covers(spans: Iterable[Span], wanted: Span) -> bool:
    """Tell whether every minute of the wanted span lies in the spans."""
    return any(start <= wanted[0] and wanted[1] <= end for start, end in joined(spans))


def meet(one: Span, other: Span) -> bool:
    """Tell whether two spans share a minute."""
    return one[0] < other[1] and other[0] < one[1]


def lies_in(spans: Sequence[Span], wanted: Span) -> bool:
    """Tell whether every minute of the wanted span lies in the spans, which must be joined: for asking many times."""
    at = bisect_right(spans, wanted[0], key=lambda span: span[0]) - 1
    return at >= 0 and wanted[1] <= spans[at][1]

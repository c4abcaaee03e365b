"""Blocks: of single days and of weekly rules, as the times that they are."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.clinics.rules import wall_span
from incisor.kernel.clock import day_bounds
from incisor.kernel.db.prepared import prepared
from incisor.kernel.spans import moment_of, span_of
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.models import Block, BlockRule
from incisor.scheduling.rules import Asking, BlockedTime, Need, Opens, Taken, hindrance, holds_on, opens_before


class Blocked(NamedTuple):
    """A block as it stands on a day: one entered for that day, or that day's part of a weekly rule.

    dentist_id, chair_id: whose; both None: every dentist's. rule_id: of the weekly rule, None for a single one.
    """

    pk: uuid.UUID
    rule_id: uuid.UUID | None
    dentist_id: uuid.UUID | None
    chair_id: uuid.UUID | None
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    only: frozenset[str]
    opens_minutes: int

    @property
    def time(self) -> BlockedTime:
        return BlockedTime(
            span=span_of(self.starts_at, self.ends_at),
            kind=self.kind,
            label=self.reason,
            dentist=self.dentist_id,
            chair=self.chair_id,
            only=self.only,
            opens_minutes=self.opens_minutes,
        )


def blocks_between(clinic: Clinic, starts_at: datetime, ends_at: datetime) -> list[Blocked]:
    """Return the clinic's blocks that touch the time, single and weekly ones, by time."""
    found = [
        Blocked(pk, None, dentist, chair, kind, start, end, reason, frozenset(only), opens)
        for pk, dentist, chair, kind, start, end, reason, only, opens in _single(clinic.pk, starts_at, ends_at)
    ]
    first = (starts_at - timedelta(days=1)).date()
    days = [first + timedelta(days=n) for n in range((ends_at.date() - first).days + 2)]
    for row in _weekly(clinic.pk):
        found += [one for one in _of_rule(clinic, row, days) if one.starts_at < ends_at and one.ends_at > starts_at]
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.pk))


@prepared
def _single(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> QuerySet[Any, Any]:
    found = Block.objects.filter(clinic_id=clinic_id, ends_at__gt=starts_at, starts_at__lt=ends_at, removed_at=None)
    return found.values_list(
        "pk", "dentist_id", "chair_id", "kind", "starts_at", "ends_at", "reason", "only", "opens_minutes"
    )


@prepared
def _weekly(clinic_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = BlockRule.objects.filter(clinic_id=clinic_id, removed_at=None)
    return found.values_list(
        "pk", "dentist_id", "chair_id", "kind", "weekdays", "starts", "ends", "valid_from", "valid_until", "skipped",
        "reason", "only", "opens_minutes",
    )  # fmt: skip


def _of_rule(clinic: Clinic, row: tuple[Any, ...], days: Iterable[date]) -> Iterable[Blocked]:
    pk, dentist, chair, kind, weekdays, starts, ends, valid_from, valid_until, skipped, reason, only, opens = row
    for day in days:
        if holds_on(day, weekdays=weekdays, valid_from=valid_from, valid_until=valid_until, skipped=skipped):
            start, end = (moment_of(minute) for minute in wall_span(day, starts, ends, clinic.zone))
            if start < end:
                yield Blocked(pk, pk, dentist, chair, kind, start, end, reason, frozenset(only), opens)


def hindering(
    clinic: Clinic,
    first: date,
    last: date,
    *,
    staff_ids: Sequence[Any],
    need: Need | None,
    now: int,
    opens: Opens = opens_before,
) -> list[tuple[Any, Any, Taken]]:
    """Return the blocks of these days that stand in the way of such a booking: dentist, chair (one is None), when."""
    asking = Asking(need=need, now=now)
    found: list[tuple[Any, Any, Taken]] = []
    for one in blocks_between(clinic, *day_bounds(first, clinic.zone, days=(last - first).days + 1)):
        block = one.time
        kind = hindrance(block, asking, opens=opens)
        if kind is None:
            continue
        row = Taken(block.span, is_block=True, label=block.label, kind=None if kind is K.BLOCK else kind)
        if block.chair is not None:
            found.append((None, block.chair, row))
        else:
            found += [(who, None, row) for who in ([block.dentist] if block.dentist is not None else staff_ids)]
    return found

"""Times that are not for everything: lunch, meeting, reserve, some treatments only; of a day or of every week."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.spans import minute_of, span_of
from incisor.scheduling.enums import BlockKind
from incisor.scheduling.models import Block, BlockRule
from incisor.scheduling.rules import holds_on
from incisor.staff.models import StaffMember


class BlockMissing(Refused):
    """The block was removed already."""

    code = "block_missing"


class BlockImpossible(Refused):
    """The block ends before it starts, is of nobody, or keeps a time for no treatment at all."""

    code = "block_impossible"


class BlockWords(NamedTuple):
    """What a block is, whenever it stands. dentist, chair: whose; both None: every dentist's."""

    kind: str = BlockKind.OTHER
    reason: str = ""
    dentist: StaffMember | None = None
    chair: Chair | None = None
    only: tuple[str, ...] = ()
    opens_minutes: int = 0


def _checked(words: BlockWords) -> dict[str, Any]:
    kind = BlockKind(words.kind)
    if words.dentist is not None and words.chair is not None:
        raise BlockImpossible(_("Choose either a dentist or a chair."), field="who")
    if kind is BlockKind.ONLY and not words.only:
        raise BlockImpossible(_("Choose the treatments that the time is kept for."), field="only")
    return {
        "kind": kind,
        "reason": (words.reason or str(kind.label))[:120],
        "dentist": words.dentist,
        "chair": words.chair,
        "only": sorted(words.only) if kind is BlockKind.ONLY else [],
        "opens_minutes": words.opens_minutes if kind is BlockKind.RESERVE else 0,
    }


def _facts(row: Block | BlockRule) -> dict[str, Any]:
    """What the audit keeps of a block."""
    whose = row.dentist.name if row.dentist else row.chair.name if row.chair else ""
    facts = {"kind": row.kind, "reason": row.reason, "whose": whose, "only": row.only}
    if row.opens_minutes:
        facts["opens_minutes"] = row.opens_minutes
    if isinstance(row, Block):
        return {
            **facts,
            "starts_at": row.starts_at.isoformat(),
            "minutes": span_of(row.starts_at, row.ends_at)[1] - minute_of(row.starts_at),
        }
    return {
        **facts,
        "weekdays": row.weekdays,
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }


@action(Permission.APPOINTMENT_BOOK)
def add_block(
    *, by: User, clinic: Clinic, words: BlockWords, starts_at: datetime, ends_at: datetime, at: datetime
) -> Block:
    """Block a time. Appointments that stand in it stay where they are and show in `queries.affected`.

    Raises BlockImpossible.
    """
    values = _checked(words)
    if minute_of(ends_at) <= minute_of(starts_at):
        raise BlockImpossible(_("The block must end after it starts."), field="ends")
    block = Block.objects.create(
        clinic=clinic, starts_at=starts_at, ends_at=ends_at, created_by=by, created_at=at, **values
    )
    record("block.added", subject=block, after=_facts(block))
    live.touch(clinic.pk, "day")
    return block


@action(Permission.APPOINTMENT_BOOK)
def change_block(
    *,
    by: User,
    block: Block,
    version: int,
    words: BlockWords,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> Block:
    """Change what a block is or when. Raises BlockImpossible, BlockMissing, ChangedMeanwhile."""
    values = _checked(words)
    if minute_of(ends_at) <= minute_of(starts_at):
        raise BlockImpossible(_("The block must end after it starts."), field="ends")
    fresh: Block = _changed(block, version, {**values, "starts_at": starts_at, "ends_at": ends_at}, "block.changed")
    return fresh


@action(Permission.APPOINTMENT_BOOK)
def remove_block(*, by: User, block: Block, at: datetime) -> Block:
    """Give the time of a block back. Raises BlockMissing when somebody did so before."""
    if not Block.objects.filter(pk=block.pk, removed_at=None).update(removed_at=at, version=F("version") + 1):
        raise BlockMissing(_("This block has been removed already."))
    record("block.removed", subject=block, before={"reason": block.reason}, after={"reason": ""})
    live.touch(block.clinic_id, "day")
    return block


@action(Permission.APPOINTMENT_BOOK)
def restore_block(*, by: User, block: Block, at: datetime) -> Block:
    """Take the removal of a block back. Raises BlockMissing when it stands already."""
    if not Block.objects.filter(pk=block.pk, removed_at__isnull=False).update(
        removed_at=None, version=F("version") + 1
    ):
        raise BlockMissing(_("This block stands already."))
    record("block.restored", subject=block, before={"reason": ""}, after={"reason": block.reason})
    live.touch(block.clinic_id, "day")
    return block


@action(Permission.CLINIC_EDIT)
def add_block_rule(
    *,
    by: User,
    clinic: Clinic,
    words: BlockWords,
    weekdays: Sequence[int],
    starts: time,
    ends: time,
    valid_from: date,
    valid_until: date | None = None,
    at: datetime,
) -> BlockRule:
    """Block a time on weekdays (0 is Monday) from a day on. Raises BlockImpossible."""
    values = _checked(words) | _week(weekdays, starts, ends, valid_from, valid_until)
    rule = BlockRule.objects.create(clinic=clinic, created_by=by, created_at=at, **values)
    record("block_rule.added", subject=rule, after=_facts(rule))
    live.touch(clinic.pk, "day")
    return rule


@action(Permission.CLINIC_EDIT)
def change_block_rule(
    *,
    by: User,
    rule: BlockRule,
    version: int,
    words: BlockWords,
    weekdays: Sequence[int],
    starts: time,
    ends: time,
    valid_from: date,
    valid_until: date | None = None,
    at: datetime,
) -> BlockRule:
    """Change a weekly block. Raises BlockImpossible, BlockMissing, ChangedMeanwhile."""
    values = _checked(words) | _week(weekdays, starts, ends, valid_from, valid_until)
    fresh: BlockRule = _changed(rule, version, values, "block_rule.changed")
    return fresh


def _week(
    weekdays: Sequence[int], starts: time, ends: time, valid_from: date, valid_until: date | None
) -> dict[str, Any]:
    if not weekdays:
        raise BlockImpossible(_("Choose at least one weekday."), field="weekdays")
    if ends <= starts:
        raise BlockImpossible(_("The block must end after it starts."), field="ends")
    if valid_until is not None and valid_until < valid_from:
        raise BlockImpossible(_("The last day must not be before the first."), field="valid_until")
    return {
        "weekdays": sorted({int(day) for day in weekdays}),
        "starts": starts,
        "ends": ends,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }


def _changed(row: Any, version: int, values: dict[str, Any], what: str) -> Any:
    """Compare and set."""
    model = type(row)
    fresh = model.objects.select_related("dentist", "chair").get(pk=row.pk)
    if fresh.removed_at is not None:
        raise BlockMissing(_("This block has been removed already."))
    before = _facts(fresh)
    if not model.objects.filter(pk=row.pk, version=version).update(version=F("version") + 1, **values):
        raise ChangedMeanwhile(_("Somebody else has just changed this block. Look at it again, then decide."))
    for name, value in values.items():
        setattr(fresh, name, value)
    record(what, subject=fresh, before=before, after=_facts(fresh))
    live.touch(fresh.clinic_id, "day")
    return fresh


@action(Permission.APPOINTMENT_BOOK)
def skip_block_rule(*, by: User, rule: BlockRule, day: date, at: datetime) -> BlockRule:
    """Give the time of a weekly block back on one day. Raises BlockMissing when it does not stand on that day."""
    fresh = BlockRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    stands = fresh.removed_at is None and holds_on(
        day,
        weekdays=fresh.weekdays,
        valid_from=fresh.valid_from,
        valid_until=fresh.valid_until,
        skipped=fresh.skipped,
    )
    if not stands:
        raise BlockMissing(_("This block does not stand on that day."))
    return _skipping(fresh, [*fresh.skipped, day.isoformat()], "block_rule.skipped", day)


@action(Permission.APPOINTMENT_BOOK)
def keep_block_rule(*, by: User, rule: BlockRule, day: date, at: datetime) -> BlockRule:
    """Let a weekly block stand again on a day on which it was skipped. Raises BlockMissing."""
    fresh = BlockRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if fresh.removed_at is not None or day.isoformat() not in fresh.skipped:
        raise BlockMissing(_("This block stands already."))
    rest = [one for one in fresh.skipped if one != day.isoformat()]
    return _skipping(fresh, rest, "block_rule.kept", day)


def _skipping(fresh: BlockRule, skipped: list[str], what: str, day: date) -> BlockRule:
    BlockRule.objects.filter(pk=fresh.pk).update(skipped=sorted(skipped), version=F("version") + 1)
    fresh.skipped = sorted(skipped)
    record(what, subject=fresh, after={"reason": fresh.reason, "day": day.isoformat()})
    live.touch(fresh.clinic_id, "day")
    return fresh


@action(Permission.CLINIC_EDIT)
def end_block_rule(*, by: User, rule: BlockRule, at: datetime) -> BlockRule:
    """Take a weekly block away for good. Raises BlockMissing when somebody did so before."""
    if not BlockRule.objects.filter(pk=rule.pk, removed_at=None).update(removed_at=at, version=F("version") + 1):
        raise BlockMissing(_("This block has been removed already."))
    record("block_rule.removed", subject=rule, before={"reason": rule.reason}, after={"reason": ""})
    live.touch(rule.clinic_id, "day")
    return rule


@action(Permission.CLINIC_EDIT)
def restore_block_rule(*, by: User, rule: BlockRule, at: datetime) -> BlockRule:
    """Take the removal of a weekly block back. Raises BlockMissing when it stands already."""
    found = BlockRule.objects.filter(pk=rule.pk, removed_at__isnull=False)
    if not found.update(removed_at=None, version=F("version") + 1):
        raise BlockMissing(_("This block stands already."))
    record("block_rule.restored", subject=rule, before={"reason": ""}, after={"reason": rule.reason})
    live.touch(rule.clinic_id, "day")
    return rule

"""Times in which a dentist or a chair takes nobody: lunch, meeting, reserve."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import lock_chairs
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.kernel.spans import minute_of, span_of
from incisor.scheduling.enums import ConflictKind
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, Block
from incisor.scheduling.queries import REACH
from incisor.scheduling.rules import Conflict
from incisor.scheduling.services.gate import SlotTaken
from incisor.staff.models import StaffMember
from incisor.staff.queries import lock_dentists


class BlockMissing(Refused):
    """The block was removed already."""

    code = "block_missing"


class BlockImpossible(Refused):
    """The block ends before it starts, or is of nobody."""

    code = "block_impossible"


@action(Permission.APPOINTMENT_BOOK)
def add_block(
    *,
    by: User,
    clinic: Clinic,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    at: datetime,
) -> Block:
    """Block a time of a dentist or a chair. Refused while appointments stand in it: move them first. Raises SlotTaken."""
    if dentist is None and chair is None:
        raise BlockImpossible(_("Choose a dentist or a chair to block."))
    if minute_of(ends_at) <= minute_of(starts_at):
        raise BlockImpossible(_("The block must end after it starts."))
    busy = Appointment.objects.filter(
        clinic=clinic, status__in=OCCUPYING_VALUES, starts_at__gte=starts_at - REACH, starts_at__lt=ends_at,
        ends_at__gt=starts_at,
    )  # fmt: skip
    if dentist is not None:
        lock_dentists([dentist.pk])
        if busy.filter(dentist=dentist).exists():
            raise SlotTaken([Conflict(ConflictKind.DENTIST)])
    if chair is not None:
        lock_chairs(clinic, [chair.pk])
        if busy.filter(chair=chair).exists():
            raise SlotTaken([Conflict(ConflictKind.CHAIR)])
    block = Block.objects.create(
        clinic=clinic, dentist=dentist, chair=chair, starts_at=starts_at, ends_at=ends_at, reason=reason[:120],
        created_by=by, created_at=at,
    )  # fmt: skip
    record(
        "block.added",
        subject=block,
        after={
            "dentist": dentist.name if dentist else "",
            "chair": chair.name if chair else "",
            "starts_at": starts_at.isoformat(),
            "minutes": span_of(starts_at, ends_at)[1] - minute_of(starts_at),
            "reason": reason,
        },
    )
    live.touch(clinic.pk, "day")
    return block


@action(Permission.APPOINTMENT_BOOK)
def remove_block(*, by: User, block: Block, at: datetime) -> Block:
    """Give the time of a block back. Raises BlockMissing when somebody did so before."""
    if not Block.objects.filter(pk=block.pk, removed_at=None).update(removed_at=at):
        raise BlockMissing(_("This block has been removed already."))
    record("block.removed", subject=block, before={"reason": block.reason}, after={"reason": ""})
    live.touch(block.clinic_id, "day")
    return block

"""Leave: away from work in every clinic."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.staff.models import Leave, Placement, StaffMember
from incisor.staff.queries import lock_dentists


class LeaveOverlaps(Refused):
    """The person is away then already."""

    code = "leave_overlaps"


class BackwardLeave(Refused):
    """The leave would end before it begins."""

    code = "backward_leave"


def _touch_all(staff: StaffMember) -> None:
    for clinic_id in Placement.objects.filter(staff=staff, is_active=True).values_list("clinic_id", flat=True):
        live.touch(clinic_id, "day")


@action(Permission.STAFF_EDIT)
def add_leave(
    *,
    by: User,
    clinic: Clinic,
    staff: StaffMember,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    at: datetime,
) -> Leave:
    """Note that the person is away. Bookings in that time stay: the page lists them. Raises LeaveOverlaps."""
    if ends_at <= starts_at:
        raise BackwardLeave(_("The end must be after the beginning."), field="ends_on")
    lock_dentists([staff.pk])
    if Leave.objects.filter(staff=staff, cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise LeaveOverlaps(
            _("%(name)s is on leave at that time already. Cancel that leave first.") % {"name": staff.name},
            field="starts_on",
        )
    leave = Leave.objects.create(staff=staff, kind=kind, starts_at=starts_at, ends_at=ends_at, reason=reason)
    record("leave.added", subject=leave, after=_values(leave))
    _touch_all(staff)
    return leave


@action(Permission.STAFF_EDIT)
def cancel_leave(*, by: User, clinic: Clinic, leave: Leave, at: datetime) -> Leave:
    """Take back a leave: the person is on duty again. A second time nothing happens."""
    if Leave.objects.filter(pk=leave.pk, cancelled_at=None).update(cancelled_at=at):
        record("leave.cancelled", subject=leave, before=_values(leave))
        _touch_all(leave.staff)
    leave.refresh_from_db()
    return leave


def _values(leave: Leave) -> dict[str, str]:
    return {
        "staff": leave.staff.name,
        "kind": str(leave.kind),
        "starts_at": leave.starts_at.isoformat(),
        "ends_at": leave.ends_at.isoformat(),
        "reason": leave.reason,
    }

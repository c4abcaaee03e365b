"""Pages of people at work."""

from incisor.staff.views.leave import leave_cancel, leave_list, leave_new
from incisor.staff.views.people import (
    misfit_list,
    staff_deactivate,
    staff_edit,
    staff_list,
    staff_member,
    staff_new,
    staff_reactivate,
)
from incisor.staff.views.rosters import day_clear, day_edit, hours_drop, hours_new, roster
from incisor.staff.views.shifts import shift_copy, shift_kind_edit, shift_kind_new, shift_kinds, shift_week

__all__ = [
    "day_clear",
    "day_edit",
    "hours_drop",
    "hours_new",
    "leave_cancel",
    "leave_list",
    "leave_new",
    "misfit_list",
    "roster",
    "shift_copy",
    "shift_kind_edit",
    "shift_kind_new",
    "shift_kinds",
    "shift_week",
    "staff_deactivate",
    "staff_edit",
    "staff_list",
    "staff_member",
    "staff_new",
    "staff_reactivate",
]

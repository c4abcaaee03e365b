"""Every change of people at work, one function an action."""

from incisor.staff.services.leave import BackwardLeave, LeaveOverlaps, add_leave, cancel_leave
from incisor.staff.services.people import (
    AccountTaken,
    NumberTaken,
    StaffWords,
    add_staff,
    change_staff,
    deactivate_staff,
    reactivate_staff,
)
from incisor.staff.services.rosters import (
    DoubleDuty,
    FaultyHours,
    NotFuture,
    clear_day,
    drop_planned_roster,
    set_day,
    set_roster,
)
from incisor.staff.services.shifts import ShiftCodeTaken, add_shift, change_shift, copy_last_week, set_week_duties

__all__ = [
    "AccountTaken",
    "BackwardLeave",
    "DoubleDuty",
    "FaultyHours",
    "LeaveOverlaps",
    "NotFuture",
    "NumberTaken",
    "ShiftCodeTaken",
    "StaffWords",
    "add_leave",
    "add_shift",
    "add_staff",
    "cancel_leave",
    "change_shift",
    "change_staff",
    "clear_day",
    "copy_last_week",
    "deactivate_staff",
    "drop_planned_roster",
    "reactivate_staff",
    "set_day",
    "set_roster",
    "set_week_duties",
]

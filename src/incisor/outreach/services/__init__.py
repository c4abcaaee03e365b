"""Follow-up, reminders, calls: every change of them."""

from incisor.outreach.services.answers import (
    PATIENT_REASONS,
    OnlyByTelephone,
    TimeGone,
    ask_for_call_by_link,
    cancel_by_link,
    confirm_by_link,
    move_by_link,
)
from incisor.outreach.services.call_tasks import (
    drop_call_tasks,
    make_call_task,
    make_complaint_task,
    make_missed_call,
)
from incisor.outreach.services.follow_up import (
    CallNotRecorded,
    add_task,
    plan_follow_up,
    record_call,
    undo_call,
    welcome_calls,
)
from incisor.outreach.services.protocols import ProtocolRefused, activate_protocol, change_step
from incisor.outreach.services.reminders import (
    announce,
    announce_move,
    retract,
    switch_off,
    switch_on_again,
    write_due_messages,
)
from incisor.outreach.services.settings import (
    RuleRefused,
    add_rule,
    change_calling_rules,
    change_rule,
)

__all__ = [
    "PATIENT_REASONS",
    "CallNotRecorded",
    "OnlyByTelephone",
    "ProtocolRefused",
    "RuleRefused",
    "TimeGone",
    "activate_protocol",
    "add_rule",
    "add_task",
    "announce",
    "announce_move",
    "ask_for_call_by_link",
    "cancel_by_link",
    "change_calling_rules",
    "change_rule",
    "change_step",
    "confirm_by_link",
    "drop_call_tasks",
    "make_call_task",
    "make_complaint_task",
    "make_missed_call",
    "move_by_link",
    "plan_follow_up",
    "record_call",
    "retract",
    "switch_off",
    "switch_on_again",
    "undo_call",
    "welcome_calls",
    "write_due_messages",
]

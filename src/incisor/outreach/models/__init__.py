"""Follow-up and calls; reminders and what became of them."""

from incisor.outreach.models.follow_up import CallRefusal, FollowUpCall, FollowUpTask, Protocol, ProtocolStep
from incisor.outreach.models.reminders import CallingRules, Notice, ReminderRule

__all__ = [
    "CallRefusal",
    "CallingRules",
    "FollowUpCall",
    "FollowUpTask",
    "Notice",
    "Protocol",
    "ProtocolStep",
    "ReminderRule",
]

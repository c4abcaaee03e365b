"""Pages of follow-up and reminders."""

from incisor.outreach.views.follow_up import (
    activate,
    contacts,
    follow_ups,
    protocol,
    protocols,
    record_call,
    step,
    undo_call,
    welcome_calls,
)
from incisor.outreach.views.reminders import planned, rule, rule_new, rules, switch_off, switch_on
from incisor.outreach.views.settings import calling_rules

__all__ = [
    "activate",
    "calling_rules",
    "contacts",
    "follow_ups",
    "planned",
    "protocol",
    "protocols",
    "record_call",
    "rule",
    "rule_new",
    "rules",
    "step",
    "switch_off",
    "switch_on",
    "undo_call",
    "welcome_calls",
]

"""Messages and links: put into the outbox inside the caller's transaction, sent by the worker outside of any."""

from incisor.messaging.services.links import follow_link, make_link, try_digits, use_link, withdraw_links
from incisor.messaging.services.outbox import (
    TemplateRefused,
    cancel_message,
    change_sending_rules,
    change_template,
    enqueue,
    put_text,
    send_again,
    send_due,
    withdraw,
    write_message,
)

__all__ = [
    "TemplateRefused",
    "cancel_message",
    "change_sending_rules",
    "change_template",
    "enqueue",
    "follow_link",
    "make_link",
    "put_text",
    "send_again",
    "send_due",
    "try_digits",
    "use_link",
    "withdraw",
    "withdraw_links",
    "write_message",
]

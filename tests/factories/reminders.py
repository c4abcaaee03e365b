"""Reminder rules and texts for tests."""

from datetime import UTC, datetime, time

from incisor.messaging.models import MessageTemplate, SendingRules
from incisor.outreach.models import ReminderRule

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
BODY = "{patient} {day} {time} {dentist} {link}"


def make_rule(
    *, clinic, moment="days_before", amount=1, at_time=time(10), channels=("wechat", "sms", "email", "call"), body=BODY,
    key="", **over,
):  # fmt: skip
    number = ReminderRule.objects.count()
    key = key or f"rule_{number}"
    values = {"active_since": LONG_AGO, "position": number, "name_zh": f"规则{number}", "name_en": f"Rule {number}"}
    for language in ("zh-hans", "en"):
        MessageTemplate.objects.create(clinic=clinic, key=key, language=language, subject="提醒", body=body)
    return ReminderRule.objects.create(
        clinic=clinic, moment=moment, amount=amount, at_time=at_time, channels=list(channels), template_key=key,
        **{**values, **over},
    )  # fmt: skip


def make_sending_rules(*, clinic, **over):
    values = {"public_address": "https://desk.example.cn"}
    return SendingRules.objects.create(clinic=clinic, **{**values, **over})

"""What a clinic starts with: the shipped follow-up protocols, one of them active."""

import json
from collections.abc import Sequence
from datetime import datetime, time
from importlib import resources

from incisor.clinics.models import Clinic
from incisor.outreach.enums import Moment, Way
from incisor.outreach.models import Protocol, ProtocolStep, ReminderRule

TEXTS = [Way.WECHAT, Way.SMS, Way.EMAIL]
# moment, amount, hour, ways, words, names: what a clinic starts with (APT-11) and changes in the browser
RULES: tuple[tuple[str, int, time, Sequence[str], str, str, str], ...] = (
    (Moment.BOOKED, 2, time(10), TEXTS, "appointment_confirmed", "预约成功", "Appointment confirmed"),
    (Moment.REQUESTED, 2, time(10), TEXTS, "appointment_requested", "预约待确认", "Request received"),
    (Moment.MOVED, 2, time(10), TEXTS, "appointment_moved", "预约改期", "Appointment moved"),
    (Moment.CANCELLED, 2, time(10), TEXTS, "appointment_cancelled", "预约取消", "Appointment cancelled"),
    (
        Moment.DAYS_BEFORE,
        1,
        time(10),
        [*TEXTS, Way.CALL],
        "reminder_day_before",
        "前一天提醒",
        "Reminder the day before",
    ),
    (Moment.HOURS_BEFORE, 2, time(10), TEXTS, "reminder_two_hours", "两小时前提醒", "Reminder two hours before"),
)


def load_reminder_rules(*, clinic: Clinic, at: datetime) -> int:
    """Write the shipped reminder rules for a clinic that has none; returns how many."""
    if ReminderRule.objects.filter(clinic=clinic).exists():
        return 0
    made = [
        ReminderRule(
            clinic=clinic, moment=moment, amount=amount, at_time=hour, channels=ways, template_key=key, name_zh=name_zh,
            name_en=name_en, position=position, active_since=at,
        )
        for position, (moment, amount, hour, ways, key, name_zh, name_en) in enumerate(RULES)
    ]  # fmt: skip
    ReminderRule.objects.bulk_create(made)
    return len(made)


def load_protocols(*, clinic: Clinic, at: datetime, active: str) -> int:
    """Write the shipped protocols that the clinic does not have, `active` in force; returns how many."""
    text = resources.files("incisor.outreach.data").joinpath("protocols.json").read_text(encoding="utf-8")
    have = set(Protocol.objects.filter(clinic=clinic).values_list("key", flat=True))
    fresh = [one for one in json.loads(text) if one["key"] not in have]
    for one in fresh:
        protocol = Protocol.objects.create(
            clinic=clinic, key=one["key"], name_zh=one["name_zh"], name_en=one["name_en"], version=one["version"],
            is_active=one["key"] == active and not have, created_at=at,
        )  # fmt: skip
        ProtocolStep.objects.bulk_create(
            ProtocolStep(
                protocol=protocol,
                position=position,
                treatment=step["treatment"],
                after_days=step["after"].get("days"),
                after_months=step["after"].get("months"),
                after_years=step["after"].get("years"),
                role=step["role"],
                contact=step.get("contact", "call"),
                procedures=step.get("procedures", []),
                repeat_months=_months(step.get("repeat_every")),
                **{
                    name: step[name]
                    for name in ("purpose_zh", "purpose_en", "ask_zh", "ask_en", "advise_zh", "advise_en")
                },
            )
            for position, step in enumerate(one["steps"])
        )
    return len(fresh)


def _months(length: dict[str, int] | None) -> int | None:
    return None if length is None else length.get("months", 0) + 12 * length.get("years", 0)

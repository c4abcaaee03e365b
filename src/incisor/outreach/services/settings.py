"""The rules of a clinic: which messages go with appointments, when patients may be called."""

from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import Refused
from incisor.kernel.ids import uuid7
from incisor.messaging.services import put_text
from incisor.outreach.enums import AT_ONCE, Moment, Way
from incisor.outreach.models import CallingRules, ReminderRule
from incisor.outreach.queries.planning import reminder_rules
from incisor.outreach.rules import overlapping

MOST_DAYS, MOST_HOURS, MOST_MINUTES = 30, 72, 240


class RuleRefused(Refused):
    """The rule cannot be like this."""

    code = "rule_refused"
    status = 422


def _check(values: dict[str, Any]) -> None:
    if not values["channels"] or set(values["channels"]) - set(Way.values):
        raise RuleRefused(_("Choose at least one channel."), field="channels")
    most = {Moment.DAYS_BEFORE: MOST_DAYS, Moment.HOURS_BEFORE: MOST_HOURS}.get(Moment(values["moment"]), MOST_MINUTES)
    least = 0 if values["moment"] in AT_ONCE else 1
    if not least <= values["amount"] <= most:
        raise RuleRefused(_("Between %(least)d and %(most)d, please.") % {"least": least, "most": most}, field="amount")


@action(Permission.MESSAGE_EDIT)
def add_rule(*, by: User, clinic: Clinic, values: dict[str, Any], texts: dict[str, str], at: datetime) -> ReminderRule:
    """Add a message to those that go with appointments. texts: language → words. Raises RuleRefused, TemplateRefused.

    What would have been due before this moment is not sent.
    """
    _check(values)
    key = f"rule_{uuid7().hex[-12:]}"
    position = max((one.position for one in reminder_rules(clinic)), default=0) + 1
    row = ReminderRule.objects.create(clinic=clinic, template_key=key, position=position, active_since=at, **values)
    _put_texts(by, clinic, row, texts, at)
    record("reminder_rule.added", subject=row, after={**_plain(values), **texts})
    live.touch(clinic.pk, "admin")
    return row


@action(Permission.MESSAGE_EDIT)
def change_rule(
    *,
    by: User,
    clinic: Clinic,
    rule: ReminderRule,
    values: dict[str, Any],
    texts: dict[str, str],
    version: int,
    at: datetime,
) -> ReminderRule:
    """Change a rule and its words. What it has told stays told; what it has not told yet goes by the new setting.

    Raises RuleRefused, TemplateRefused, ChangedMeanwhile.
    """
    _check(values)
    row = locked(rule, version=version)
    if values["is_active"] and not row.is_active:
        values = {**values, "active_since": at}
    before, after = change(row, values)
    _put_texts(by, clinic, row, texts, at)
    record("reminder_rule.changed", subject=row, before=before, after={**after, **texts})
    live.touch(clinic.pk, "admin")
    return row


def _put_texts(by: User, clinic: Clinic, row: ReminderRule, texts: dict[str, str], at: datetime) -> None:
    names = {"zh-hans": row.name_zh, "en": row.name_en}
    for language, body in texts.items():
        put_text(
            by=by, clinic=clinic, key=row.template_key, language=language, subject=names[language], body=body, at=at
        )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, time) else value for name, value in values.items()}


@action(Permission.PROTOCOL_EDIT)
def change_calling_rules(
    *,
    by: User,
    clinic: Clinic,
    workdays: list[tuple[time, time]],
    weekend: list[tuple[time, time]],
    missed_minutes: int,
    leftover_until: time,
    version: int,
    at: datetime,
) -> CallingRules:
    """Change when patients may be called. Raises RuleRefused, ChangedMeanwhile."""
    for field, stretches in (("workdays", workdays), ("weekend", weekend)):
        if overlapping(stretches):
            raise RuleRefused(_("The times overlap, or one ends before it begins."), field=field)
    CallingRules.objects.get_or_create(clinic=clinic)
    row = locked(CallingRules.objects.get(clinic=clinic), version=version)
    values = {
        "workdays": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in workdays],
        "weekend": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in weekend],
        "missed_minutes": missed_minutes,
        "leftover_until": leftover_until,
    }
    before, after = change(row, values)
    record("calling_rules.changed", subject=row, before=before, after=after)
    live.touch(clinic.pk, "tasks")
    return row

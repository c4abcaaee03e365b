"""The clinic's own signs and questions of triage. Whatever is shipped can be put back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused
from incisor.kernel.ids import uuid7
from incisor.reception import queries
from incisor.reception.models import TriageQuestion, TriageRule
from incisor.reception.rules.guide import Answer, Question, faults
from incisor.visits.enums import Urgency

RULE_FIELDS = (
    "label_zh", "label_en", "advice_zh", "advice_en", "level", "specialty", "opens_reserve", "digit", "is_active",
)  # fmt: skip


class TriageRefused(Refused):
    """The signs or questions cannot be like this."""

    code = "triage_refused"
    status = 422


def _own_key() -> str:
    return f"own_{uuid7().hex[-12:]}"


@action(Permission.CLINIC_EDIT)
def save_triage_rule(
    *, by: User, clinic: Clinic, key: str, version: int, values: Mapping[str, Any], at: datetime
) -> TriageRule:
    """Write a sign as the clinic wants it. key: empty for a new one. version: what the person saw, 0 as shipped.

    An emergency that is shipped stays an emergency: the clinic may say it otherwise, not judge it lower. Another sign
    loses the digit that this one gets. Raises TriageRefused, ChangedMeanwhile, NotFound.
    """
    chosen = {name: values[name] for name in RULE_FIELDS if name in values}
    shipped = queries.shipped_rule(clinic, key) if key else None
    own = TriageRule.objects.filter(clinic=clinic, key=key).first() if key else None
    if key and shipped is None and own is None:
        raise NotFound()
    if shipped is not None and shipped.level == Urgency.EMERGENCY and _is_lowered(chosen):
        raise TriageRefused(
            _("This sign is an emergency by REC-3. It can be worded otherwise, not judged lower or left out."),
            field="level",
        )
    if chosen.get("digit"):
        _free_digit(clinic, chosen["digit"], besides=key)
    if own is not None:
        row = locked(own, version=version)
        before, after = change(row, chosen)
    else:
        if version:
            raise ChangedMeanwhile(_("Somebody put this back to what is shipped meanwhile. Open it again."))
        row = shipped or TriageRule(clinic=clinic, key=_own_key())
        before = {name: getattr(row, name) for name in chosen} if shipped else {}
        for name, value in chosen.items():
            setattr(row, name, value)
        row.version = 1
        row.save(force_insert=True)
        after = dict(chosen)
    record("triage.sign_changed", subject=row, before=before, after=after)
    return row


def _is_lowered(chosen: Mapping[str, Any]) -> bool:
    return chosen.get("level", Urgency.EMERGENCY) != Urgency.EMERGENCY or not chosen.get("is_active", True)


def _free_digit(clinic: Clinic, digit: int, *, besides: str) -> None:
    for other in queries.rule_rows(clinic):
        if other.digit == digit and other.key != besides:
            other.digit = None
            if other.version:
                TriageRule.objects.filter(pk=other.pk).update(digit=None)
            else:
                other.version = 1
                other.save(force_insert=True)


@action(Permission.CLINIC_EDIT)
def reset_triage_rule(*, by: User, clinic: Clinic, key: str, at: datetime) -> None:
    """Put a shipped sign back to what is shipped. Raises NotFound."""
    shipped = queries.shipped_rule(clinic, key)
    row = TriageRule.objects.filter(clinic=clinic, key=key).first()
    if shipped is None or row is None:
        raise NotFound()
    if shipped.digit:
        _free_digit(clinic, shipped.digit, besides=key)
    before, after = change(row, {name: getattr(shipped, name) for name in RULE_FIELDS})
    record("triage.sign_reset", subject=row, before=before, after=after)


@action(Permission.CLINIC_EDIT)
def save_triage_question(
    *,
    by: User,
    clinic: Clinic,
    key: str,
    version: int,
    position: int,
    text_zh: str,
    text_en: str,
    answers: Sequence[Mapping[str, str]],
    at: datetime,
    is_active: bool = True,
) -> TriageQuestion:
    """Write a question of the guided triage. key: empty for a new one. Raises TriageRefused, ChangedMeanwhile, NotFound."""
    values: dict[str, Any] = {
        "position": position, "text_zh": text_zh.strip(), "text_en": text_en.strip() or text_zh.strip(),
        "answers": [dict(one) for one in answers], "is_active": is_active,
    }  # fmt: skip
    seen = queries.question_row(clinic, key) if key else None
    if key and seen is None:
        raise NotFound()
    own = TriageQuestion.objects.filter(clinic=clinic, key=key).first() if key else None
    key = key or _own_key()
    if is_active:
        _check(clinic, key, values)
    if own is not None:
        row = locked(own, version=version)
        before, after = change(row, values)
    else:
        if version:
            raise ChangedMeanwhile(_("Somebody put this back to what is shipped meanwhile. Open it again."))
        row = TriageQuestion.objects.create(clinic=clinic, key=key, **values)
        before, after = {}, dict(values)
    record("triage.question_changed", subject=row, before=before, after=after)
    return row


def _check(clinic: Clinic, key: str, values: dict[str, Any]) -> None:
    """Refuse a question without answers, with a sign that is gone, or that leads back."""
    others = [row for row in queries.question_rows(clinic) if row.key != key and row.is_active]
    rows = [(row.position, row.key, row.answers) for row in others] + [(values["position"], key, values["answers"])]
    asked = [
        Question(one, "", tuple(Answer("", answer["sign"], answer["then"]) for answer in answers))
        for _position, one, answers in sorted(rows, key=lambda row: row[:2])
    ]
    known = frozenset(queries.signs_by_key(clinic))
    words = {
        "no_answer": _("A question needs answers to choose from."),
        "no_sign": _("One of the answers names a sign that is not in use."),
        "not_later": _("An answer can only lead on to a later question."),
    }
    for one, fault in faults(asked, known):
        if one == key:
            raise TriageRefused(words[fault])


@action(Permission.CLINIC_EDIT)
def reset_triage_questions(*, by: User, clinic: Clinic, at: datetime) -> None:
    """Put all questions of the guided triage back to those shipped; the clinic's own are kept, switched off."""
    shipped = {row["key"]: row for row in queries.shipped("triage_questions")}
    order = {key: 10 * (number + 1) for number, key in enumerate(shipped)}
    for row in TriageQuestion.objects.filter(clinic=clinic).select_for_update():
        old = shipped.get(row.key)
        values: dict[str, Any] = {"is_active": False}
        if old is not None:
            values = {
                "is_active": True, "position": order[row.key], "text_zh": old["zh"], "text_en": old["en"],
                "answers": old["answers"],
            }  # fmt: skip
        before, after = change(row, values)
        if before != after:
            record("triage.question_changed", subject=row, before=before, after=after)

"""What was answered: read from what a page sent, checked against the form, written out as text.

Answers are a dictionary by field key: text, one option's key, a list of option keys, {"yes": bool, "detail": text} or True.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from incisor.forms.enums import ASKING, FieldKind, Signer
from incisor.forms.rules.content import Asked, Content, Field, applies, fields_of, text_of

Answers = dict[str, Any]
LONGEST = {FieldKind.TEXT.value: 200, FieldKind.LONG_TEXT.value: 4000, FieldKind.PHONE.value: 30}
LONGEST_OTHER = 40


def is_empty(answer: Any) -> bool:
    """Tell whether nothing was answered. "No" is an answer."""
    if isinstance(answer, dict):
        return answer.get("yes") is None
    return answer in (None, "", [], False)


def read_answers(content: Content, posted: Mapping[str, list[str]]) -> Answers:
    """Return the answers in what a page sent: names f-KEY and f-KEY-detail, each with its list of values.

    Fields that the page did not hold are left out; what is no choice of the field is not taken.
    """
    found: Answers = {}
    for field in fields_of(content):
        if field["kind"] in ASKING:
            answer = _read(field, posted)
            if answer is not None:
                found[field["key"]] = answer
    return found


def _read(field: Field, posted: Mapping[str, list[str]]) -> Any:
    name = f"f-{field['key']}"
    values = list(posted.get(name, []))
    if not values:
        return None
    kind, last = field["kind"], values[-1]
    if kind == FieldKind.MANY:
        keys = [one["key"] for one in field["options"]]
        return [key for key in keys if key in values]
    if kind == FieldKind.ONE:
        return last if last in {one["key"] for one in field["options"]} else ""
    if kind == FieldKind.CONSENT:
        return last == "yes"
    if kind == FieldKind.YES_NO:
        detail = (posted.get(f"{name}-detail") or [""])[-1].strip()[: LONGEST[FieldKind.LONG_TEXT]]
        return {"yes": {"yes": True, "no": False}.get(last), "detail": detail}
    return last.replace("\r\n", "\n").strip()[: LONGEST.get(kind, LONGEST_OTHER)]


def mistakes(
    content: Content, answers: Answers, asked: Asked, *, known: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Return what is missing or wrong, by field key. known: sources that the file knows, so that empty means unchanged."""
    found = {}
    for field in fields_of(content):
        if field["kind"] not in ASKING or not applies(field, asked):
            continue
        text = _mistake(field, answers.get(field["key"]), is_known=field["source"] in known)
        if text:
            found[field["key"]] = text
    return found


def _mistake(field: Field, answer: Any, *, is_known: bool) -> str:
    kind = field["kind"]
    if is_empty(answer):
        if not field["is_required"] or is_known:
            return ""
        return _("Please tick this to go on.") if kind == FieldKind.CONSENT else _("Please answer this.")
    if kind == FieldKind.YES_NO and answer["yes"] and field["asks_detail"] and not answer["detail"]:
        return _("Please say which or what.") if field["is_required"] else ""
    if kind == FieldKind.DATE and _day(answer) is None:
        return _("Please write the date as year, month and day.")
    if kind == FieldKind.PHONE and not is_phone(answer):
        return _("This phone number is not complete.")
    if kind == FieldKind.NUMBER:
        return _wrong_number(field, answer)
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_phone(text: str) -> bool:
    """Tell whether a text can be a phone number; the file's own check comes later."""
    return bool(re.fullmatch(r"\+?[\d\s\-()]{6,24}", text)) and len(re.sub(r"\D", "", text)) >= 6


def _wrong_number(field: Field, answer: str) -> str:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return _("Please write a number.")
    if not number.is_finite():
        return _("Please write a number.")
    low, high = field["minimum"], field["maximum"]
    if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
        return _("Please look at this number again.")
    return ""


def in_words(field: Field, answer: Any, language: str) -> str:
    """Return an answer as it is read and printed, empty when there is none."""
    if is_empty(answer):
        return ""
    kind, is_chinese = field["kind"], language.startswith("zh")
    if kind in (FieldKind.ONE, FieldKind.MANY):
        chosen = answer if isinstance(answer, list) else [answer]
        names = [text_of(one, "label", language) for one in field["options"] if one["key"] in chosen]
        return ("、" if is_chinese else ", ").join(names)
    if kind == FieldKind.YES_NO:
        word = _("Yes") if answer["yes"] else _("No")
        return f"{word}{'：' if is_chinese else ': '}{answer['detail']}" if answer["detail"] and answer["yes"] else word
    if kind == FieldKind.CONSENT:
        return _("Agreed")
    if kind == FieldKind.NUMBER:
        return " ".join(filter(None, [str(answer), text_of(field, "unit", language)]))
    return str(answer)


def wanted_signers(fields: list[Field], *, needs_guardian: bool) -> dict[str, bool]:
    """Return the signature fields somebody sees, by key, with whether each must be signed.

    When a guardian is needed, the guardian must sign and a child may; else the patient must and a guardian need not.
    """
    has_guardian = any(one["signer"] == Signer.GUARDIAN for one in fields)
    found = {}
    for field in fields:
        if field["signer"] == Signer.GUARDIAN:
            found[field["key"]] = needs_guardian or (field["is_required"] and not _has_patient(fields))
        elif field["signer"] == Signer.PATIENT:
            # a form without a line for the guardian: the guardian signs in the patient's place
            found[field["key"]] = field["is_required"] and not (needs_guardian and has_guardian)
        else:
            found[field["key"]] = field["is_required"]
    return found


def _has_patient(fields: list[Field]) -> bool:
    return any(one["signer"] == Signer.PATIENT for one in fields)

"""What a signed form says that the file does not: offered to the file, before → after, for a person to accept."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from incisor.forms.enums import ALERT_SOURCES, SEALED_SOURCES, FieldKind, Source
from incisor.forms.rules.answers import Answers, is_empty
from incisor.forms.rules.content import Asked, Content, Field, applies, fields_of, text_of

LONGEST_ALERT = 200


@dataclass(frozen=True)
class Offer:
    """Something to take over. what: a Source. For an alert: code (from the list) or text. For a field: before and after."""

    key: str
    what: str
    after: str
    before: str = ""
    code: str = ""

    @property
    def is_alert(self) -> bool:
        return self.what in ALERT_SOURCES

    @property
    def is_sealed(self) -> bool:
        return self.what in SEALED_SOURCES


def offers_of(
    content: Content,
    answers: Answers,
    *,
    file: dict[str, str],
    alerts: Collection[tuple[str, str, str]],
    listed: dict[str, Collection[str]],
    asked: Asked,
) -> list[Offer]:
    """Return what the answers say and the file does not.

    file: source → value in the file; alerts: (kind, code, text) that stand there; listed: kind → codes of the house's list.
    """
    found: dict[tuple[str, str], Offer] = {}
    for field in fields_of(content):
        answer = answers.get(field["key"])
        if not field["source"] or is_empty(answer) or not applies(field, asked):
            continue
        made = (
            _alerts_in(field, answer, alerts, listed)
            if field["source"] in ALERT_SOURCES
            else _changes_in(field, answer, file)
        )
        for offer in made:
            found.setdefault((offer.what, offer.code or offer.after.casefold()), offer)
    return list(found.values())


def _alerts_in(
    field: Field, answer: Any, alerts: Collection[tuple[str, str, str]], listed: dict[str, Collection[str]]
) -> list[Offer]:
    kind = field["source"]
    codes = {code for known, code, _text in alerts if known == kind and code}
    texts = {text.casefold() for known, _code, text in alerts if known == kind}
    found = []
    for code, text in _said(field, answer):
        code = code if code in listed.get(kind, ()) else ""
        if (code and code in codes) or (not code and text.casefold() in texts):
            continue
        found.append(Offer(key=f"{field['key']}:{code or text}", what=kind, after=text, code=code))
    return found


def _said(field: Field, answer: Any) -> list[tuple[str, str]]:
    """Return code and words of everything that an answer names."""
    if field["kind"] == FieldKind.MANY:
        return [(one["key"], text_of(one, "label", "zh")) for one in field["options"] if one["key"] in answer]
    if field["kind"] == FieldKind.YES_NO:
        if not answer["yes"]:
            return []
        text = " ".join(answer["detail"].split())
        return [("", (text or text_of(field, "label", "zh"))[:LONGEST_ALERT])]
    return [("", text[:LONGEST_ALERT]) for line in str(answer).splitlines() if (text := " ".join(line.split()))]


def _changes_in(field: Field, answer: Any, file: dict[str, str]) -> list[Offer]:
    what, after, before = field["source"], str(answer), file.get(field["source"], "")
    if what == Source.PHONE:
        is_same = _digits(after) == _digits(before)
    else:
        is_same = "".join(after.split()).casefold() == "".join(before.split()).casefold()
    return [] if is_same else [Offer(key=f"{field['key']}:", what=what, after=after, before=before)]


def _digits(text: str) -> str:
    digits = "".join(one for one in text if one.isdigit())
    return digits.removeprefix("86") if text.startswith("+") else digits


def answers_from_file(content: Content, *, file: dict[str, str], alerts: Collection[tuple[str, str, str]]) -> Answers:
    """Return what can be filled in from the file: open values only; sealed ones are shown masked and left empty."""
    found: Answers = {}
    for field in fields_of(content):
        source, key = field["source"], field["key"]
        if source in ALERT_SOURCES:
            answer = _known_alerts(field, alerts)
            if answer:
                found[key] = answer
        elif source and source not in SEALED_SOURCES and file.get(source):
            value = file[source]
            if field["kind"] != FieldKind.ONE or value in {one["key"] for one in field["options"]}:
                found[key] = value
    return found


def _known_alerts(field: Field, alerts: Collection[tuple[str, str, str]]) -> Any:
    known = [(code, text) for kind, code, text in alerts if kind == field["source"]]
    if field["kind"] == FieldKind.MANY:
        codes = {code for code, _text in known if code}
        return [one["key"] for one in field["options"] if one["key"] in codes]
    texts = [text for code, text in known if not code]
    if not texts:
        return None
    return {"yes": True, "detail": "；".join(texts)} if field["kind"] == FieldKind.YES_NO else "\n".join(texts)

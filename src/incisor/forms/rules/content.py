"""What a form consists of: sections of fields, as plain values that are kept as JSON.

A content is {"sections": [{"key", "title_zh", "title_en", "fields": [field]}]}; a field has all the names of BLANK.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incisor.forms.enums import ALERT_SOURCES, WITH_OPTIONS, FieldKind, Only, Signer, Source

Content = dict[str, Any]
Field = dict[str, Any]
ADULT_AGE = 18  # the wish of a rule may differ; fields "adults only" follow the law (Civil Code of China, Art. 17)

BLANK: Field = {
    "key": "",
    "kind": FieldKind.TEXT.value,
    "label_zh": "",
    "label_en": "",
    "help_zh": "",
    "help_en": "",
    "is_required": False,
    "only": "",
    "source": "",
    "options": [],
    "unit_zh": "",
    "unit_en": "",
    "minimum": None,
    "maximum": None,
    "asks_detail": False,
    "signer": "",
}
MOST_SECTIONS, MOST_FIELDS, MOST_OPTIONS, LONGEST_TEXT, LONGEST_LABEL = 30, 150, 60, 6000, 400

# Which kinds of field can stand for which part of the file.
SOURCES_OF: dict[str, frozenset[str]] = {
    FieldKind.TEXT: frozenset({Source.NAME, Source.ID_NUMBER, Source.EMAIL, Source.ADDRESS, Source.OCCUPATION}),
    FieldKind.LONG_TEXT: frozenset({Source.ADDRESS, *ALERT_SOURCES}),
    FieldKind.ONE: frozenset({Source.SEX}),
    FieldKind.MANY: ALERT_SOURCES,
    FieldKind.YES_NO: ALERT_SOURCES,
    FieldKind.DATE: frozenset({Source.BORN_ON}),
    FieldKind.PHONE: frozenset({Source.PHONE}),
}


@dataclass(frozen=True)
class Asked:
    """What decides which fields somebody is shown. age: None when the birth date is unknown."""

    sex: str = "unknown"
    age: int | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a content. key: of the field or section, empty for the form as a whole."""

    key: str
    text: str


def empty_content() -> Content:
    """Return a form with one section and nothing in it."""
    return {"sections": [{"key": "s1", "title_zh": "", "title_en": "", "fields": []}]}


def fields_of(content: Content) -> list[Field]:
    """Return all fields in order."""
    return [field for section in content["sections"] for field in section["fields"]]


def applies(field: Field, asked: Asked) -> bool:
    """Tell whether somebody is shown the field. Whose sex or age is unknown is shown it: asking is safer."""
    only = field["only"]
    if only in (Only.FEMALE, Only.MALE):
        return asked.sex not in ({Only.FEMALE.value, Only.MALE.value} - {only})
    if only == Only.CHILD:
        return asked.age is None or asked.age < ADULT_AGE
    if only == Only.ADULT:
        return asked.age is None or asked.age >= ADULT_AGE
    return True


def text_of(thing: dict[str, Any], name: str, language: str) -> str:
    """Return a text of a field, section or option in a language; the other one when it is missing."""
    first, second = ("zh", "en") if language.startswith("zh") else ("en", "zh")
    return str(thing.get(f"{name}_{first}") or thing.get(f"{name}_{second}") or "")


def signers_of(content: Content, asked: Asked) -> list[Field]:
    """Return the signature fields that somebody is shown."""
    return [one for one in fields_of(content) if one["kind"] == FieldKind.SIGNATURE and applies(one, asked)]


def faults_of(content: Content) -> list[Fault]:
    """Return everything that stands against publishing the form."""
    return [*_faults_of_whole(content), *_doubled(content), *_faults_of_parts(content)]


def _faults_of_whole(content: Content) -> Iterator[Fault]:
    fields = fields_of(content)
    if not fields:
        yield Fault("", _("The form is empty. Add at least one field."))
    if len(fields) > MOST_FIELDS or len(content["sections"]) > MOST_SECTIONS:
        yield Fault("", _("The form is too long to be read. Divide it into two."))
    if fields and not any(one["kind"] == FieldKind.SIGNATURE for one in fields):
        yield Fault("", _("Nobody signs this form. Add a signature."))


def _doubled(content: Content) -> Iterator[Fault]:
    fields = fields_of(content)
    keys = [one["key"] for one in [*content["sections"], *fields]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Fault(key, _("Two parts of the form have the same key."))
    taken: set[str] = set()
    for field in fields:
        source = field["source"]
        if source and source not in ALERT_SOURCES and source in taken:
            yield Fault(field["key"], _("Another field stands for the same part of the file already."))
        taken.add(source)
    for signer in (Signer.PATIENT, Signer.GUARDIAN):
        same = [one for one in fields if one["signer"] == signer]
        for field in same[1:]:
            yield Fault(field["key"], _("The same person signs twice. One signature is enough."))


def _faults_of_parts(content: Content) -> Iterator[Fault]:
    for section in content["sections"]:
        if bool(section["title_zh"]) != bool(section["title_en"]):
            yield Fault(section["key"], _("The heading is missing in one of the two languages."))
        for field in section["fields"]:
            yield from (Fault(field["key"], text) for text in _faults_of_field(field))


def _faults_of_field(field: Field) -> Iterator[str]:
    if not field["label_zh"] or not field["label_en"]:
        yield _("The text is missing in one of the two languages.")
    if field["kind"] in WITH_OPTIONS:
        if len(field["options"]) < 1 or (field["kind"] == FieldKind.ONE and len(field["options"]) < 2):
            yield _("There is nothing to choose from. Add choices, one a line.")
        if any(not one["label_zh"] or not one["label_en"] for one in field["options"]):
            yield _("A choice lacks its text in one of the two languages.")
    if field["kind"] == FieldKind.SIGNATURE and not field["signer"]:
        yield _("Say who signs here.")
    low, high = field["minimum"], field["maximum"]
    if low is not None and high is not None and low > high:
        yield _("The smallest value is larger than the largest one.")

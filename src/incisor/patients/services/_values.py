"""What is typed into the fields of a file, as it is kept; refused with the field's name when it cannot be."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import JSONField
from django.utils.translation import gettext as _

from incisor.kernel.errors import Refused
from incisor.kernel.fields import index_of
from incisor.patients.enums import (
    FIELD_LABELS,
    ContactChannel,
    KeyKind,
    Language,
    LookUp,
    PaperKind,
    Sex,
    Source,
    SpecialNeed,
)
from incisor.patients.models import Patient, SearchKey
from incisor.patients.queries import merged_files, search_keys_of
from incisor.patients.rules import (
    clean_id,
    clean_name,
    clean_phone,
    id_card,
    id_key,
    is_readable,
    looks_like_card,
    paper_kind,
    phone_key,
    pinyin_of,
)
from incisor.patients.rules.texts import as_text

__all__ = ["as_text"]
EARLIEST_BIRTH = date(1900, 1, 1)
TAGS_AT_MOST = 12
CARD_LENGTHS = (15, 18)
CARD_KINDS = frozenset({PaperKind.ID_CARD, PaperKind.OLD_ID_CARD})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class WrongValue(Refused):
    """A field holds what it cannot hold. details: field."""

    code = "wrong_value"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)
        self.field = field


def name(text: str) -> str:
    if not is_readable(text):
        raise WrongValue(
            "name", _("A name needs letters or characters and no digits. Type the name as on the ID card.")
        )
    return clean_name(text)


def phone(text: str) -> str:
    if not text.strip():
        return ""
    kept = clean_phone(text)
    if not kept:
        raise WrongValue(
            "phone",
            _("This is no phone number. Type 11 digits of a mobile, a landline with area code, or + and country code."),
        )
    return kept


def id_number(text: str) -> str:
    kept = clean_id(text)
    if looks_like_card(kept) and id_card(kept) is None:
        if len(kept) not in CARD_LENGTHS:
            raise WrongValue(
                "id_number",
                _("An ID number has 18 places, on old cards 15; this one has %(count)d. Compare it with the card.")
                % {"count": len(kept)},
            )
        raise WrongValue(
            "id_number", _("The check digit or the date of this ID number is wrong. Compare it with the card.")
        )
    if kept and not re.fullmatch(r"[A-Z0-9()/]{5,30}", kept):
        raise WrongValue("id_number", _("An ID or passport number has 5 to 30 letters and digits."))
    return kept


def birth(value: date | None) -> date | None:
    if value is not None and value < EARLIEST_BIRTH:
        raise WrongValue("born_on", _("The birth date lies before 1900. Type year, month and day."))
    return value


def email(text: str) -> str:
    kept = text.strip()
    if kept and (not _EMAIL.fullmatch(kept) or len(kept) > 200):
        raise WrongValue("email", _("This is no e-mail address: it needs a name, @ and a domain."))
    return kept


def short(field: str, length: int) -> Callable[[str], str]:
    def clean(text: str) -> str:
        kept = " ".join(str(text).split())
        if len(kept) > length:
            raise WrongValue(
                field,
                _("%(field)s: at most %(length)d characters. Put the rest into the note.")
                % {"field": FIELD_LABELS[field], "length": length},
            )
        return kept

    return clean


def one_of(field: str, allowed: list[str]) -> Callable[[str], str]:
    def clean(text: str) -> str:
        if text not in allowed:
            raise WrongValue(field, _("%(field)s: choose one of the list.") % {"field": FIELD_LABELS[field]})
        return text

    return clean


def needs(values: list[str]) -> list[str]:
    return [need for need in SpecialNeed.values if need in values]


def tags(values: list[str]) -> list[str]:
    kept: list[str] = []
    for value in values:
        tag = " ".join(str(value).split())[:20]
        if tag and tag not in kept:
            kept.append(tag)
    if len(kept) > TAGS_AT_MOST:
        raise WrongValue("tags", _("At most %(count)d tags.") % {"count": TAGS_AT_MOST})
    return kept


def long(field: str, length: int = 2000) -> Callable[[str], str]:
    def clean(text: str) -> str:
        kept = str(text).strip().replace("\r\n", "\n")
        if len(kept) > length:
            raise WrongValue(
                field, _("%(field)s: at most %(length)d characters.") % {"field": FIELD_LABELS[field], "length": length}
            )
        return kept

    return clean


CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": name,
    "pinyin": lambda text: " ".join(re.sub(r"[^a-z\s]", " ", str(text).lower().replace("ü", "v")).split())[:120],
    "sex": one_of("sex", Sex.values),
    "born_on": birth,
    "phone": phone,
    "phone_owner": short("phone_owner", 40),
    "email": email,
    "id_number": id_number,
    "id_kind": one_of("id_kind", ["", *PaperKind.values]),
    "insurance_number": short("insurance_number", 40),
    "card_number": short("card_number", 30),
    "address": short("address", 200),
    "occupation": short("occupation", 40),
    "language": one_of("language", Language.values),
    "contact_channel": one_of("contact_channel", ContactChannel.values),
    "contact_time": short("contact_time", 60),
    "source": one_of("source", ["", *Source.values]),
    "source_detail": short("source_detail", 80),
    "special_needs": needs,
    "tags": tags,
    "note": long("note"),
}
KEY_FIELDS = frozenset({"name", "pinyin", "phone", "id_number", "tags"})


def cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values as they are kept. An identity card tells birth date and sex. Raises WrongValue."""
    kept = {field: CLEAN[field](value) for field, value in values.items()}
    card = id_card(kept.get("id_number", ""))
    if card is not None:
        if kept.get("born_on") not in (None, card.born_on):
            raise WrongValue(
                "born_on",
                _("The ID number says %(day)s. Correct the birth date or the ID number.")
                % {"day": card.born_on.isoformat()},
            )
        if "born_on" in kept or "sex" in kept:
            kept["born_on"] = card.born_on
        if "sex" in kept:
            kept["sex"] = card.sex
    return kept


def set_derived(patient: Patient) -> None:
    """Set what follows from other fields: reading and look-up hashes."""
    if not patient.pinyin:
        patient.pinyin = pinyin_of(patient.name)
    patient.phone_index = index_of(phone_key(patient.phone), context=LookUp.PHONE)
    patient.id_index = index_of(id_key(patient.id_number), context=LookUp.ID_NUMBER)
    card = id_card(patient.id_number)
    if card is not None:
        patient.id_kind = card.kind
    elif not patient.id_number or not patient.id_kind or patient.id_kind in CARD_KINDS:
        patient.id_kind = paper_kind(patient.id_number)


def write_keys(patient: Patient) -> None:
    """Write the search keys anew; files that were merged into this one lend theirs."""
    SearchKey.objects.filter(patient=patient).delete()
    SearchKey.objects.bulk_create(keys_of(patient))


def keys_of(patient: Patient) -> list[SearchKey]:
    """Return the keys by which a file is found, those of merged files included, not yet saved."""
    keys = {key.key: key for key in search_keys_of(patient)}
    for lesser in merged_files(patient):
        for key in search_keys_of(lesser):
            key.patient_id = patient.pk
            if key.kind != KeyKind.TAG:  # tags are the kept file's own: somebody chose them
                keys.setdefault(key.key, key)
    return list(keys.values())


def from_text(field: str, text: str) -> Any:
    """Return the value that as_text wrote."""
    column: Any = Patient._meta.get_field(field)
    if isinstance(column, JSONField):
        return json.loads(text) if text else []
    if not text and column.null:
        return None
    return column.to_python(text)

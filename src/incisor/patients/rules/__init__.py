"""Decisions about people on plain values: names and how they are read, numbers, ages, what is masked, who is the same."""

from incisor.patients.rules.ages import Age, age_on
from incisor.patients.rules.duplicates import (
    CERTAIN,
    LIKELY,
    ONE_PERSON,
    WORKLIST,
    Likeness,
    Person,
    in_words,
    is_near,
    likeness,
)
from incisor.patients.rules.health import HealthItem, health_code, health_items, health_label
from incisor.patients.rules.id_cards import IdCard, id_card
from incisor.patients.rules.masking import mask_address, mask_email, mask_id, mask_name, mask_phone
from incisor.patients.rules.names import (
    clean_name,
    initials_of_typed,
    is_readable,
    name_key,
    pinyin_of,
    reading_keys,
    readings,
    sounds_like,
)
from incisor.patients.rules.phones import clean_phone, last_four, phone_key, shown_phone
from incisor.patients.rules.typed import Typed, typed

__all__ = [
    "CERTAIN",
    "LIKELY",
    "ONE_PERSON",
    "WORKLIST",
    "Age",
    "HealthItem",
    "IdCard",
    "Likeness",
    "Person",
    "Typed",
    "age_on",
    "clean_name",
    "clean_phone",
    "health_code",
    "health_items",
    "health_label",
    "id_card",
    "in_words",
    "initials_of_typed",
    "is_near",
    "is_readable",
    "last_four",
    "likeness",
    "mask_address",
    "mask_email",
    "mask_id",
    "mask_name",
    "mask_phone",
    "name_key",
    "phone_key",
    "pinyin_of",
    "reading_keys",
    "readings",
    "shown_phone",
    "sounds_like",
    "typed",
]

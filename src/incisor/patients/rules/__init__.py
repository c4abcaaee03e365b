"""Decisions about people on plain values: names and how they are read, numbers, ages, what is masked, who is the same."""

from incisor.patients.rules.ages import ADULT_FROM, Age, age_on
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
from incisor.patients.rules.id_cards import IdCard, clean_id, id_card, id_key, looks_like_card, paper_kind
from incisor.patients.rules.masking import mask_address, mask_email, mask_id, mask_name, mask_phone
from incisor.patients.rules.measures import glucose_of, pressure_of, reading_level, shown_reading
from incisor.patients.rules.names import (
    clean_name,
    initials_of_typed,
    is_readable,
    name_key,
    pinyin_of,
    reading_keys,
    readings,
    sounds_like,
    surname_of,
)
from incisor.patients.rules.phones import clean_phone, last_four, phone_country, phone_key, shown_phone
from incisor.patients.rules.typed import Typed, typed

__all__ = [
    "ADULT_FROM",
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
    "clean_id",
    "clean_name",
    "clean_phone",
    "glucose_of",
    "health_code",
    "health_items",
    "health_label",
    "id_card",
    "id_key",
    "in_words",
    "initials_of_typed",
    "is_near",
    "is_readable",
    "last_four",
    "likeness",
    "looks_like_card",
    "mask_address",
    "mask_email",
    "mask_id",
    "mask_name",
    "mask_phone",
    "name_key",
    "paper_kind",
    "phone_country",
    "phone_key",
    "pinyin_of",
    "pressure_of",
    "reading_keys",
    "reading_level",
    "readings",
    "shown_phone",
    "shown_reading",
    "sounds_like",
    "surname_of",
    "typed",
]

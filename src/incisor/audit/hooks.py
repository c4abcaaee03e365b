"""Places that apps above fill, so that the record can be read by people."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

# "patient.registered" → what happened, in words
labels: dict[str, Any] = {}

# name of a field in before and after → its words
field_labels: dict[str, Any] = {}

# name of a field → the words of its values: {"status": {"arrived": "Arrived"}}
value_words: dict[str, dict[str, Any]] = {}

# name of a field that holds the key of a row → the kind of that row
value_kinds: dict[str, str] = {}

# kind of a row ("accounts.user") → asked with the clinic's id (None: the organisation) and ids, answers their names;
# one query, only rows of that clinic
Names = Callable[[uuid.UUID | None, Iterable[uuid.UUID]], dict[uuid.UUID, str]]
names: dict[str, Names] = {}

# asked with the clinic's id and what was typed (a file number), answers the patients that are meant
patient_finders: list[Callable[[uuid.UUID, str], list[uuid.UUID]]] = []

PATIENT = "patients.patient"


def label_of(what: str) -> str:
    """Return what happened in words, the bare key where nobody gave words."""
    return str(labels.get(what, what))


def names_of(kind: str, clinic_id: uuid.UUID | None, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of rows of that kind, nothing where nobody can name them."""
    wanted = set(ids)
    ask = names.get(kind)
    return ask(clinic_id, wanted) if ask is not None and wanted else {}


def patients_meant(clinic_id: uuid.UUID, typed: str) -> list[uuid.UUID]:
    """Return the patients of the clinic that the typed text means."""
    return [found for ask in patient_finders for found in ask(clinic_id, typed)]


# asked with the clinic's id and a patient, answers every file that is the same person now (merged ones)
same_person: list[Callable[[uuid.UUID, uuid.UUID], list[uuid.UUID]]] = []


def files_of_person(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return the patient and every file that was merged into this one."""
    return tuple(dict.fromkeys([patient_id, *(found for ask in same_person for found in ask(clinic_id, patient_id))]))

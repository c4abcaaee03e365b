"""Reading patients: one file, lists, the one search, likely duplicates, imports."""

from incisor.patients.queries.files import (
    NoSuchPatient,
    alert,
    changes_of,
    family_of,
    last_seen,
    look_alikes,
    patient,
    patients,
    patients_of,
    recent_patients,
    with_badge,
)
from incisor.patients.queries.finding import Hit, find, search_keys_of

__all__ = [
    "Hit",
    "NoSuchPatient",
    "alert",
    "changes_of",
    "family_of",
    "find",
    "last_seen",
    "look_alikes",
    "patient",
    "patients",
    "patients_of",
    "recent_patients",
    "search_keys_of",
    "with_badge",
]

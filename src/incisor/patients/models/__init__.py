"""Tables of patients, cut by topic: files and what hangs on them."""

from incisor.patients.models.files import (
    ColumnMemory,
    FamilyLink,
    ImportBatch,
    ImportRow,
    Patient,
    PatientAlert,
    PatientChange,
    SearchKey,
)

__all__ = [
    "ColumnMemory",
    "FamilyLink",
    "ImportBatch",
    "ImportRow",
    "Patient",
    "PatientAlert",
    "PatientChange",
    "SearchKey",
]

"""Tables of patients, cut by topic: files and what hangs on them."""

from incisor.patients.models.background import HealthDenial, HealthReading, PatientPhoto
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
from incisor.patients.models.standing import Membership, MembershipLevel, PointEntry, Restriction, Tag

__all__ = [
    "ColumnMemory",
    "FamilyLink",
    "HealthDenial",
    "HealthReading",
    "ImportBatch",
    "ImportRow",
    "Membership",
    "MembershipLevel",
    "Patient",
    "PatientAlert",
    "PatientChange",
    "PatientPhoto",
    "PointEntry",
    "Restriction",
    "SearchKey",
    "Tag",
]

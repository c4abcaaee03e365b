"""Tables of patients, cut by topic: files and what hangs on them, duplicates and merges, privacy."""

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
from incisor.patients.models.importing import OldName
from incisor.patients.models.merging import DuplicatePair, DuplicateScan, GivenUpNumber, Merge
from incisor.patients.models.privacy import Consent, ConsentText, DataRequest, FileLook, PrivacyRules
from incisor.patients.models.standing import Membership, MembershipLevel, PointEntry, Restriction, Tag

__all__ = [
    "ColumnMemory",
    "Consent",
    "ConsentText",
    "DataRequest",
    "DuplicatePair",
    "DuplicateScan",
    "FamilyLink",
    "FileLook",
    "GivenUpNumber",
    "HealthDenial",
    "HealthReading",
    "ImportBatch",
    "ImportRow",
    "Membership",
    "MembershipLevel",
    "Merge",
    "OldName",
    "Patient",
    "PatientAlert",
    "PatientChange",
    "PatientPhoto",
    "PointEntry",
    "PrivacyRules",
    "Restriction",
    "SearchKey",
    "Tag",
]

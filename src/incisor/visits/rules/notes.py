"""When a note may be signed, and what its seal covers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from incisor.audit.rules import canonical

SEAL_VERSION = 2
LONGEST_NEXT_DAYS = 1095


@dataclass(frozen=True, kw_only=True)
class Written:
    """What stands in a note: the texts, and how many codes, findings on teeth and treatments were recorded beside them."""

    complaint: str = ""
    findings: str = ""
    diagnosis: str = ""
    treatment: str = ""
    codes: int = 0
    tooth_findings: int = 0
    treatments: int = 0


def missing_for_signing(written: Written) -> list[str]:
    """Return the names of the fields that a note still needs before it can be signed (VIS-1), in their order on the page.

    Findings may stand on the chart instead of in words, a diagnosis as a code, treatment as procedures done.
    """
    missing = []
    if not written.complaint.strip():
        missing.append("complaint")
    if not written.findings.strip() and not written.tooth_findings:
        missing.append("findings")
    if not written.diagnosis.strip() and not written.codes:
        missing.append("diagnosis")
    if not written.treatment.strip() and not written.treatments:
        missing.append("treatment")
    return missing


@dataclass(frozen=True, kw_only=True)
class SignedContent:
    """Everything that the signature stands for, as plain values. The visit says whose: a merge may change the file."""

    visit: str
    clinic: str
    texts: Mapping[str, str]
    codes: tuple[str, ...]
    teeth: tuple[tuple[int, str, str, str], ...]
    treatments: tuple[tuple[str, tuple[int, ...], Mapping[str, str], int, str], ...]
    drugs: tuple[tuple[str, ...], ...] = ()
    dentist: str = ""
    kind: str = ""
    next_visit: Mapping[str, Any] = field(default_factory=dict)
    signed_by: str
    signed_at: datetime


def seal_of(content: SignedContent) -> str:
    """Return the SHA-256 of the content in its one canonical form, in hexadecimal."""
    plain = {
        "version": SEAL_VERSION,
        "visit": content.visit,
        "clinic": content.clinic,
        "texts": dict(content.texts),
        "codes": list(content.codes),
        "teeth": sorted([list(finding) for finding in content.teeth], key=str),
        "treatments": [
            [code, list(teeth), dict(surfaces), quantity, note]
            for code, teeth, surfaces, quantity, note in content.treatments
        ],
        "drugs": [list(drug) for drug in content.drugs],
        "dentist": content.dentist,
        "kind": content.kind,
        "next_visit": dict(content.next_visit),
        "signed_by": content.signed_by,
        "signed_at": content.signed_at.astimezone(UTC).isoformat(),
    }
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def addendum_seal(*, before: str, text: str, by: str, at: datetime) -> str:
    """Return the seal of an addendum. before: the seal of the note, or of the addendum before this one."""
    plain = {"before": before, "text": text, "by": by, "at": at.astimezone(UTC).isoformat()}
    return hashlib.sha256(canonical(plain).encode()).hexdigest()

"""What an entry's hash is made of. Pure, so that a copy of the table can be checked without this product."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """The parts of an entry that its hash covers, as plain texts."""

    chain: str
    number: int
    at: str
    user_id: str
    user_name: str
    origin: str
    what: str
    subject_kind: str
    subject_id: str
    patient_id: str
    is_look: bool
    detail_hash: str
    previous_hash: str


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, real characters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def hash_of_text(text: str) -> str:
    """Return the SHA-256 of a text, empty for empty."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def hash_of(entry: Sealed) -> str:
    """Return the entry's hash: SHA-256 over the canonical JSON of everything in it, the hash before it included."""
    return hash_of_text(canonical(vars(entry)))


def changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    """Return what an entry keeps: only the fields that differ when both sides are given."""
    if before is None or after is None:
        return {key: value for key, value in (("before", before), ("after", after)) if value is not None}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {
        "before": {name: before[name] for name in names if name in before},
        "after": {name: after[name] for name in names if name in after},
    }

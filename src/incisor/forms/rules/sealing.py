"""The hash under a signed form: one text of everything that was read, answered and signed."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GROUP = 4


def canonical(facts: dict[str, Any]) -> str:
    """Return one text for the same facts, whatever the order in which they were put together."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of the facts' text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def digest_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def moment_text(at: datetime) -> str:
    """Return a moment as it stands under the hash: UTC to the second, which every database gives back alike."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_groups(digest: str) -> str:
    """Return a hash as people compare it: groups of four digits."""
    return " ".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))

"""Two people write in one note: what each changed is put together, and only the same field changed twice is a question."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from incisor.audit.rules import canonical


def print_of(value: Any) -> str:
    """Return a short print of a field's value: the page carries it, so that the server knows what the writer saw."""
    return hashlib.sha256(canonical({"value": value}).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Merge:
    """own: fields to write; theirs: fields that somebody else changed and this writer did not; both: changed by both."""

    own: tuple[str, ...]
    theirs: tuple[str, ...]
    both: tuple[str, ...]


def merge(*, seen: Mapping[str, str], given: Mapping[str, Any], current: Mapping[str, Any]) -> Merge:
    """Return what becomes of each given field. seen: prints of the values that the writer's page started from.

    A field without a print counts as seen empty handed: what differs there from the present value is a question.
    """
    own, theirs, both = [], [], []
    for name, value in given.items():
        if value == current[name]:
            continue
        start = seen.get(name)
        if start is not None and print_of(value) == start:
            theirs.append(name)
        elif start is not None and print_of(current[name]) == start:
            own.append(name)
        else:
            both.append(name)
    return Merge(tuple(own), tuple(theirs), tuple(both))

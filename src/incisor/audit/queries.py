"""Reading and proving the record."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from incisor.audit.models import ChainHead, Entry
from incisor.audit.rules import hash_of, hash_of_text


@dataclass(frozen=True)
class Break:
    """A place where the record is not whole: chain, number and what is wrong there."""

    chain: uuid.UUID
    number: int
    problem: str


def broken_places() -> Iterator[Break]:
    """Yield every place where a chain is not whole: a gap, a changed entry, a changed detail, a cut end."""
    for head in ChainHead.objects.order_by("chain"):
        yield from _broken_in(head)
    known = set(ChainHead.objects.values_list("chain", flat=True))
    for chain in Entry.objects.order_by("chain").values_list("chain", flat=True).distinct():
        if chain not in known:
            yield Break(chain, 0, "the chain has no head")


def _broken_in(head: ChainHead) -> Iterator[Break]:
    number, previous = 0, ""
    for entry in Entry.objects.filter(chain=head.chain).order_by("number").iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            yield Break(head.chain, number, f"entries {number} to {entry.number - 1} are missing")
            number = entry.number
        elif entry.previous_hash != previous:
            yield Break(head.chain, number, "the entry does not follow the one before")
        if hash_of_text(entry.detail) != entry.detail_hash:
            yield Break(head.chain, number, "the detail was altered")
        if hash_of(entry.sealed()) != entry.hash:
            yield Break(head.chain, number, "the entry was altered")
        previous = entry.hash
    if number != head.number or previous != head.hash:
        yield Break(head.chain, head.number, "the end of the chain is missing")


def entry_count() -> int:
    """Return how many entries there are in all chains."""
    return Entry.objects.count()

"""Reading and proving the record."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.utils.translation import gettext as _

from incisor.audit.models import ChainHead, Entry
from incisor.audit.rules import hash_of, hash_of_text
from incisor.kernel.checks import BAD, OK, WARN, Finding
from incisor.kernel.models import JobRun

PROOF = "audit.prove_chain"
PROOF_TOO_OLD = timedelta(days=3)
CLOCK_TOLERANCE = timedelta(minutes=5)


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


def newest_entry_at() -> datetime | None:
    """Return the time of the last entry in any chain."""
    return Entry.objects.order_by("-at").values_list("at", flat=True).first()


@dataclass(frozen=True)
class Proof:
    """The last proof that all chains are whole: when, and whether they were. at is None when there was none."""

    at: datetime | None
    is_whole: bool


def last_proof() -> Proof:
    """Return the outcome of the newest finished proof by the worker."""
    run = JobRun.objects.filter(name=PROOF).exclude(finished_at=None).order_by("-started_at").first()
    return Proof(None, False) if run is None else Proof(run.finished_at, not run.is_failed)


def check_chain(at: datetime, is_thorough: bool) -> Finding:
    """Prove the chains, or, where the answer must come at once, say what the last proof found."""
    remedy = _(
        "Somebody changed the record past the product, or the disk failed. Keep a copy and compare with a backup."
    )
    if is_thorough:
        broken = list(islice(broken_places(), 3))
        if broken:
            return Finding(BAD, "; ".join(f"{one.chain} {one.number}: {one.problem}" for one in broken), remedy)
        return Finding(OK, _("The audit record is whole: %(n)d entries.") % {"n": entry_count()})
    proof = last_proof()
    if proof.at is None:
        return Finding(WARN, _("The audit record was not proved yet."), _("The worker proves it each night."))
    if not proof.is_whole:
        return Finding(BAD, _("The audit record is not whole."), remedy)
    if at - proof.at > PROOF_TOO_OLD:
        return Finding(WARN, _("The audit record was not proved for days."), _("See whether the worker runs."))
    return Finding(OK, _("The audit record was whole at the last proof."))


def check_clock(at: datetime, _is_thorough: bool) -> Finding:
    """Compare the clock with the record: entries from the future say that it was set back, or wrong before."""
    newest = newest_entry_at()
    if newest is not None and newest - at > CLOCK_TOLERANCE:
        return Finding(
            BAD,
            _("The clock of this computer is behind: the record has entries from the future."),
            _("Set the clock right, best by letting the computer ask a time server."),
        )
    return Finding(OK, _("The clock agrees with the record."))

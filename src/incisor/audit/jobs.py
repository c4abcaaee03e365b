"""What the clock starts: the nightly proof of the record."""

from datetime import datetime, timedelta
from itertools import islice

from incisor.audit.queries import PROOF, broken_places, entry_count
from incisor.kernel.jobs import job

SHOWN = 5


class ChainBroken(RuntimeError):
    """The record is not whole: the run counts as failed, so that the doctor page says so."""


@job(PROOF, every=timedelta(days=1), at_hour=1)
def prove_chain(_at: datetime) -> str:
    """Follow every chain from its beginning to its end."""
    broken = list(islice(broken_places(), SHOWN))
    if broken:
        raise ChainBroken("; ".join(f"{one.chain} {one.number}: {one.problem}" for one in broken))
    return f"{entry_count()} entries, whole"

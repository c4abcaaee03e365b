"""Reading and proving the record."""

from incisor.audit.queries.chain import (
    PROOF,
    Break,
    Proof,
    broken_places,
    check_chain,
    check_clock,
    entry_count,
    last_proof,
    newest_entry_at,
)
from incisor.audit.queries.reading import Line, Page, Search, all_lines, newest_page

__all__ = [
    "PROOF",
    "Break",
    "Line",
    "Page",
    "Proof",
    "Search",
    "all_lines",
    "broken_places",
    "check_chain",
    "check_clock",
    "entry_count",
    "last_proof",
    "newest_entry_at",
    "newest_page",
]

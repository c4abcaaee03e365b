"""What the clock starts for forms."""

from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.forms import queries, services
from incisor.kernel.jobs import job

AT_ONCE = 20


@job("forms.copies", every=timedelta(minutes=1))
def make_missing_copies(at: datetime) -> str:
    """Make the PDFs of signed forms that have none yet: the page makes them, unless it was interrupted."""
    waiting = queries.without_copy(limit=AT_ONCE)
    by = system_user() if waiting else None
    for filled in waiting:
        services.make_copy(by=by, filled=filled, at=at)
    return f"{len(waiting)} copies made" if waiting else ""

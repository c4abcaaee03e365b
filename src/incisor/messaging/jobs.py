"""What the clock starts: sending what is due."""

from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.kernel.jobs import job
from incisor.messaging.services import send_due


@job("messaging.send_due", every=timedelta(seconds=5))
def send(at: datetime) -> str:
    """Send what stands in the outbox and is due."""
    sent, failed = send_due(by=system_user(), at=at)
    return f"{sent} sent, {failed} failed"

"""What the clock starts: the messages and calls that the clinics' rules ask for."""

from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.clinics.queries import all_clinics
from incisor.kernel.jobs import job
from incisor.outreach.services import write_due_messages


@job("outreach.write_due_messages", every=timedelta(minutes=1))
def write(at: datetime) -> str:
    """Write what is due into the outbox of each clinic, and the calls for the desk."""
    texts = calls = 0
    for clinic in all_clinics():
        if clinic.is_active:
            more_texts, more_calls = write_due_messages(by=system_user(), clinic=clinic, at=at)
            texts, calls = texts + more_texts, calls + more_calls
    return f"{texts} texts, {calls} calls"

"""What the clock starts: offers that nobody answered pass on to the next."""

from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.clinics.queries import all_clinics
from incisor.kernel.jobs import job
from incisor.scheduling.services import pass_on_offers


@job("scheduling.pass_on_offers", every=timedelta(minutes=1))
def pass_on(at: datetime) -> str:
    """Offer freed times to whose turn it is, in every clinic."""
    counts = [pass_on_offers(by=system_user(), clinic=clinic, at=at) for clinic in all_clinics()]
    return f"{sum(ended for ended, _made in counts)} ended, {sum(made for _ended, made in counts)} made"

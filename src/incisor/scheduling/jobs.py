"""What the clock starts: offers that nobody answered pass on to the next; ended holds are cleared away."""

from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.clinics.queries import all_clinics
from incisor.kernel.jobs import job
from incisor.scheduling.models import Hold
from incisor.scheduling.services import pass_on_offers

# Nothing depends on ended holds; for some days they tell who had a time and gave it back.
KEEP_HOLDS = timedelta(days=7)


@job("scheduling.pass_on_offers", every=timedelta(minutes=1))
def pass_on(at: datetime) -> str:
    """Offer freed times to whose turn it is, in every clinic."""
    counts = [pass_on_offers(by=system_user(), clinic=clinic, at=at) for clinic in all_clinics()]
    return f"{sum(ended for ended, _made in counts)} ended, {sum(made for _ended, made in counts)} made"


@job("scheduling.forget_holds", every=timedelta(days=1), at_hour=4)
def forget_holds(at: datetime) -> str:
    """Clear away holds that ended a week ago. They stopped to count by themselves."""
    count, _of_what = Hold.objects.filter(expires_at__lt=at - KEEP_HOLDS).delete()
    return f"{count} holds forgotten"

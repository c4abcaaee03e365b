"""What the clock starts: the clinic learns how long its treatments take."""

from datetime import datetime, timedelta

from incisor.accounts.queries import system_user
from incisor.clinics.queries import all_clinics
from incisor.kernel.jobs import job
from incisor.reception import queries
from incisor.reception.services import learn_lengths

LEARNS_FROM_DAYS = 56  # eight weeks: long enough to count, short enough to follow a change


@job("reception.learn_lengths", every=timedelta(days=1), at_hour=3)
def learn(at: datetime) -> str:
    """Reckon the typical lengths of each clinic from its last eight weeks; waits are promised by them."""
    kinds = 0
    for clinic in all_clinics():
        if clinic.is_active:
            since = queries.day_of(clinic, at) - timedelta(days=LEARNS_FROM_DAYS)
            ratios = queries.measured_ratios(clinic, since=since)
            kinds += learn_lengths(by=system_user(), clinic=clinic, ratios=ratios, at=at)
    return f"{kinds} kinds"

"""What a clinic starts with: a price for each shipped procedure, to be changed on the price list."""

from datetime import date, datetime

from incisor.accounts.models import User
from incisor.billing.models import Price
from incisor.clinics.models import Clinic, Procedure
from incisor.clinics.setup import shipped


def load_prices(*, clinic: Clinic, by: User, at: datetime, valid_from: date) -> int:
    """Write the shipped prices of procedures that have none in this clinic; returns how many."""
    amounts = {one["code"]: one["price_minor"] for one in shipped("procedures")}
    have = set(Price.objects.filter(clinic=clinic).values_list("procedure_id", flat=True))
    fresh = [
        Price(
            clinic=clinic,
            procedure=one,
            amount_minor=amounts[one.code],
            valid_from=valid_from,
            created_by=by,
            created_at=at,
        )
        for one in Procedure.objects.order_by("code")
        if one.code in amounts and one.pk not in have
    ]
    Price.objects.bulk_create(fresh)
    return len(fresh)

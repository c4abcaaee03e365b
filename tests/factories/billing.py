"""Money for tests, as rows where the services would need a whole day around them."""

from datetime import date

from incisor.billing.models import Price
from incisor.visits.models import TreatmentDone
from tests.factories.accounts import BEGIN, make_system_user


def make_price(*, clinic, procedure, amount_minor=30000, valid_from=date(2026, 1, 1), **over):
    values = {"created_at": BEGIN}
    if "created_by" not in over:
        over["created_by"] = make_system_user()
    return Price.objects.create(
        clinic=clinic, procedure=procedure, amount_minor=amount_minor, valid_from=valid_from, **{**values, **over}
    )


def make_treatment(*, visit, procedure, quantity=1, teeth=(), position=0, **over):
    return TreatmentDone.objects.create(
        visit=visit, procedure=procedure, quantity=quantity, teeth=list(teeth), position=position, **over
    )

"""What is left to pay for a visit, as far as the desk's board needs it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from incisor.billing.enums import BillStatus
from incisor.billing.models import Bill
from incisor.billing.queries import dues_of
from incisor.clinics.models import Clinic
from incisor.kernel.money import as_text
from incisor.visits.models import Visit


@dataclass(frozen=True)
class Owed:
    """What is left to pay for a visit. has_bill: its charge sheet is confirmed."""

    has_bill: bool = False
    left_minor: int = 0
    currency: str = "CNY"

    @property
    def is_settled(self) -> bool:
        """Whether the patient may leave without a word: charged, and all of it paid."""
        return self.has_bill and self.left_minor <= 0

    @property
    def text(self) -> str:
        """The amount for people."""
        return as_text(self.left_minor, self.currency)


def owed_of(clinic: Clinic, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Owed]:
    """Return what is left to pay for each of the visits that have a confirmed charge sheet; two queries."""
    if not visit_ids:
        return {}
    bills = Bill.objects.filter(clinic=clinic, visit__in=visit_ids, status=BillStatus.CONFIRMED)
    rows = list(bills.values_list("pk", "visit_id", "currency"))
    left = dues_of([row[0] for row in rows])
    return {visit_id: Owed(True, left.get(bill_id, 0), currency) for bill_id, visit_id, currency in rows}


def left_to_pay(visit: Visit) -> Owed:
    """Return what is left to pay for one visit."""
    return owed_of(visit.clinic, [visit.pk]).get(visit.pk, Owed())

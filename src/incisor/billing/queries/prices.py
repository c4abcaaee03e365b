"""Reading the price list: which version is valid on a day."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from incisor.billing.models import Price
from incisor.clinics.models import Clinic, Procedure
from incisor.clinics.queries import procedures
from incisor.kernel.errors import NotFound


def _valid(clinic: Clinic, day: date) -> Any:
    return Price.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), clinic=clinic, valid_from__lte=day)


def prices_on(clinic: Clinic, day: date) -> dict[uuid.UUID, int]:
    """Return the price in fen of every procedure that has one on that day, by the procedure's id."""
    return dict(_valid(clinic, day).values_list("procedure_id", "amount_minor"))


def price_on(clinic: Clinic, procedure: Procedure, day: date) -> int | None:
    """Return the procedure's price in fen on that day, None when the list has none."""
    found: int | None = (
        _valid(clinic, day).filter(procedure=procedure).values_list("amount_minor", flat=True).order_by("pk").first()
    )
    return found


def price(clinic: Clinic, price_id: Any) -> Price:
    """Return a version of a price. Raises NotFound."""
    found = Price.objects.filter(clinic=clinic, pk=price_id).select_related("procedure").first()
    if found is None:
        raise NotFound()
    return found


def price_versions(clinic: Clinic, procedure: Procedure) -> list[Price]:
    """Return every price the procedure ever had or will have, the newest first."""
    found = Price.objects.filter(clinic=clinic, procedure=procedure).select_related("created_by")
    return list(found.order_by("-valid_from", "pk"))


@dataclass
class PriceRow:
    """A procedure on the price list. current: valid on the day; planned: those that come later."""

    procedure: Procedure
    current: Price | None = None
    planned: list[Price] = field(default_factory=list)


def price_list(clinic: Clinic, day: date) -> list[PriceRow]:
    """Return every procedure in use with its price on that day and the changes that are planned, by code."""
    rows = {one.pk: PriceRow(one) for one in procedures()}
    current = Q(valid_until=None) | Q(valid_until__gte=day)
    for one in Price.objects.filter(current, clinic=clinic).order_by("valid_from", "pk"):
        row = rows.get(one.procedure_id)
        if row is None:
            continue
        if one.valid_from <= day:
            row.current = one
        else:
            row.planned.append(one)
    return list(rows.values())

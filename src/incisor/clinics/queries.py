"""Reading places and treatments."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language

from incisor.accounts.models import Grant, User
from incisor.clinics.models import Chair, Clinic, Closure, Holiday, OpeningHours, Procedure
from incisor.clinics.rules import HOLIDAY, Opening, Shut, WeeklyHours, hours_on
from incisor.kernel.clock import day_bounds
from incisor.kernel.errors import NotFound
from incisor.kernel.spans import span_of


def clinics_of(user: User) -> list[Clinic]:
    """Return the clinics in which the user has a role, by code; all of them for a role in the whole organisation."""
    where = set(Grant.objects.filter(user=user).values_list("clinic_id", flat=True))
    clinics = Clinic.objects.filter(is_active=True).select_related("organisation").order_by("code")
    return list(clinics if None in where else clinics.filter(pk__in=[pk for pk in where if pk]))


def chair(clinic: Clinic, chair_id: Any) -> Chair:
    """Return the clinic's chair. Raises NotFound."""
    found = Chair.objects.filter(clinic=clinic, pk=chair_id).select_related("room").first()
    if found is None:
        raise NotFound()
    return found


def chairs(clinic: Clinic) -> list[Chair]:
    """Return the clinic's chairs in use, in their order on the calendar."""
    return list(Chair.objects.filter(clinic=clinic, is_active=True).select_related("room").order_by("position", "pk"))


def procedures(*, active_only: bool = True) -> list[Procedure]:
    """Return the organisation's procedures by code."""
    found = Procedure.objects.order_by("code")
    return list(found.filter(is_active=True) if active_only else found)


def procedure(procedure_id: uuid.UUID | str) -> Procedure:
    """Return a procedure. Raises NotFound."""
    found = Procedure.objects.filter(pk=procedure_id).first()
    if found is None:
        raise NotFound()
    return found


def opening(clinic: Clinic, first: date, last: date) -> Opening:
    """Return when the clinic is open from the first to the last day: hours, closures, public holidays if it follows them."""
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    names = "name_zh" if (get_language() or "").startswith("zh") else "name_en"
    special = list(
        Holiday.objects.filter(day__gte=first, day__lte=last).values_list("day", "kind", names)
        if clinic.follows_public_holidays
        else ()
    )
    kinds = {day: kind for day, kind, _name in special}
    weekly = [
        WeeklyHours(*row)
        for row in OpeningHours.objects.filter(clinic=clinic).values_list(
            "weekday", "opens", "closes", "valid_from", "valid_until"
        )
    ]
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    closures = Closure.objects.filter(clinic=clinic, ends_at__gt=starts_at, starts_at__lt=ends_at)
    return Opening(
        hours=tuple(span for day in days for span in hours_on(weekly, day=day, kind=kinds.get(day), zone=clinic.zone)),
        shut=tuple(
            Shut(span=span_of(starts, ends), reason=reason, chair=chair_id)
            for starts, ends, reason, chair_id in closures.order_by("starts_at", "pk").values_list(
                "starts_at", "ends_at", "reason", "chair_id"
            )
        ),
        kinds=kinds,
        holidays={day: name for day, kind, name in special if kind == HOLIDAY},
    )


def is_free_day(clinic: Clinic, day: date) -> bool:
    """Tell whether the clinic opens at no time on that day."""
    return not opening(clinic, day, day).open


def lock_chairs(clinic: Clinic, chair_ids: Iterable[Any]) -> list[Chair]:
    """Lock chairs of the clinic until the transaction ends, in the order of their keys; after dentists, before patients."""
    found = Chair.objects.select_for_update(no_key=True, of=("self",)).filter(clinic=clinic, pk__in=set(chair_ids))
    return list(found.order_by("pk"))


def procedures_by_id(procedure_ids: Iterable[Any]) -> list[Procedure]:
    """Return the procedures in the order of the ids. Raises NotFound."""
    wanted = [str(procedure_id) for procedure_id in procedure_ids]
    found = {str(row.pk): row for row in Procedure.objects.filter(pk__in=wanted)}
    if any(one not in found for one in wanted):
        raise NotFound()
    return [found[one] for one in wanted]

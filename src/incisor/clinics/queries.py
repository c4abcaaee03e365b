"""Reading places and treatments."""

import uuid
from typing import Any

from incisor.accounts.models import Grant, User
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.errors import NotFound


def clinics_of(user: User) -> list[Clinic]:
    """Return the clinics in which the user has a role, by code; all of them for a role in the whole organisation."""
    where = set(Grant.objects.filter(user=user).values_list("clinic_id", flat=True))
    clinics = Clinic.objects.filter(is_active=True).select_related("organisation").order_by("code")
    return list(clinics if None in where else clinics.filter(pk__in=where))


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

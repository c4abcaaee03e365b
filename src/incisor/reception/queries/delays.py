"""Which dentists run late."""

import uuid
from datetime import date

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.reception.models import DentistDelay


def delays_of(clinic: Clinic, day: date) -> dict[uuid.UUID, int]:
    """Return by how many minutes each dentist runs late on a business date; who is in time is left out."""
    return {row.dentist_id: row.minutes for row in _open(clinic.pk, day)}


def open_delays(clinic: Clinic, day: date) -> list[DentistDelay]:
    """Return the delays of a business date with their dentists, the longest first."""
    rows = DentistDelay.objects.filter(clinic=clinic, business_date=day, cleared_at=None)
    return list(rows.select_related("clinic", "dentist", "by").order_by("-minutes", "pk"))


@prepared
def _open(clinic_id: uuid.UUID, day: date) -> QuerySet[DentistDelay]:
    return DentistDelay.objects.filter(clinic_id=clinic_id, business_date=day, cleared_at=None)


def delay(clinic: Clinic, delay_id: object) -> DentistDelay:
    """Return one delay of the clinic, open or not. Raises NotFound."""
    key = as_uuid(delay_id)
    rows = DentistDelay.objects.filter(clinic=clinic, pk=key).select_related("clinic", "dentist", "before")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found

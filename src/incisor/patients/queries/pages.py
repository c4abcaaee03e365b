"""Files page by page in a stable order, for programs that read all of them."""

import uuid
from datetime import datetime

from django.db.models import Q

from incisor.accounts.access import viewer_may
from incisor.accounts.enums import Permission
from incisor.clinics.models import Clinic
from incisor.kernel.fields import index_of
from incisor.patients.enums import LookUp
from incisor.patients.models import Patient
from incisor.patients.rules import phone_key


def patients_after(
    clinic: Clinic,
    place: tuple[datetime, uuid.UUID] | None,
    *,
    limit: int,
    file_number: str = "",
    phone: str = "",
    external_id: str = "",
) -> list[Patient]:
    """Return the clinic's files in the order in which they were opened, after the place (created_at, id) of another one.

    New files come at the end, so that nobody is shown twice and nobody is left out while somebody pages through them.
    file_number, phone, external_id: only files with exactly this one.
    """
    found = Patient.objects.filter(clinic=clinic)
    if not viewer_may(Permission.PATIENT_PRIVACY):
        found = found.filter(restricted_at=None)
    if file_number:
        found = found.filter(file_number=file_number)
    if phone:
        found = found.filter(phone_index=index_of(phone_key(phone) or phone, context=LookUp.PHONE))
    if external_id:
        found = found.filter(external_id=external_id)
    if place is not None:
        moment, key = place
        # the first condition lets both databases enter the index of opening times at the place
        found = found.filter(created_at__gte=moment).filter(Q(created_at__gt=moment) | Q(pk__gt=key))
    return list(found.order_by("created_at", "pk")[:limit])

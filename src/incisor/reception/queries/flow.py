"""The clinic's own rules for the flow of the day."""

import uuid

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.reception.models import FlowRules


def flow_rules(clinic: Clinic) -> FlowRules:
    """Return the clinic's rules for the flow of the day; the defaults, unsaved, while nobody has changed them."""
    found = _rules(clinic.pk)
    return found[0] if found else FlowRules(clinic=clinic)


@prepared
def _rules(clinic_id: uuid.UUID) -> QuerySet[FlowRules]:
    return FlowRules.objects.filter(clinic_id=clinic_id)

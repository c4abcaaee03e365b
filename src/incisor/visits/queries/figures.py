"""How often a patient was here, for the patient's page (PAT-12)."""

from datetime import datetime
from typing import Any

from incisor.clinics.models import Clinic
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit


def visit_count(clinic: Clinic, patient: Any, _at: datetime) -> str:
    """Return the number of visits that were finished, empty for none."""
    count = Visit.objects.filter(clinic=clinic, patient=patient, status=VisitStatus.DONE).count()
    return str(count) if count else ""

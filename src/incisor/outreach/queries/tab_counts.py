"""How many tasks of a patient are open, for the tab of the patient's page."""

import uuid
from datetime import datetime

from incisor.clinics.models import Clinic
from incisor.kernel import clock
from incisor.outreach.enums import TaskStatus
from incisor.outreach.models import FollowUpTask


def open_task_count(clinic: Clinic, patient_id: uuid.UUID, at: datetime) -> int:
    """Return the number of follow-up tasks that are due by today."""
    day = clock.local(at, clinic.zone).date()
    tasks = FollowUpTask.objects.filter(clinic=clinic, patient_id=patient_id, status=TaskStatus.OPEN, due_on__lte=day)
    return tasks.count()

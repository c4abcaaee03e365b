"""What the booking panel proposes before anybody has chosen: the treatment that is planned, due or usual."""

from datetime import date

from incisor.clinics.models import Clinic, Procedure
from incisor.clinics.queries import procedures as all_procedures
from incisor.patients.models import Patient
from incisor.patients.rules import age_on
from incisor.scheduling.hooks import planned_treatments
from incisor.scheduling.models import Appointment

FIRST_EXAMINATION, CHECK_UP, CHILD_CHECK_UP = "exam_first", "exam_recall", "child_exam"
CHILD_UNTIL = 13
CLEANING = "cleaning"


def preset_procedures(clinic: Clinic, patient: Patient | None, *, today: date) -> list[Procedure]:
    """Return the treatment to begin with: what is planned for the patient, else a cleaning; for a new one the examination,
    for a child its own. today: to know who is a child.

    Falls back to the check-up, then to the first procedure there is. Empty only without any procedure.
    """
    if patient is not None:
        for place in planned_treatments:
            planned = [row for row in place.find(clinic, patient) if row.is_active]
            if planned:
                return planned
    rows = all_procedures()
    is_new = patient is None or (
        patient.last_seen_on is None and not Appointment.objects.filter(clinic=clinic, patient=patient).exists()
    )
    born = patient.born_on if patient is not None else None
    age = age_on(born_on=born, day=today)
    is_child = age is not None and age.years < CHILD_UNTIL
    wanted = [
        *(row for row in rows if is_child and row.code == CHILD_CHECK_UP),
        *(row for row in rows if is_new and row.code == FIRST_EXAMINATION),
        *(row for row in rows if row.follow_up_key == CLEANING),
        *(row for row in rows if row.code == CHECK_UP),
        *rows,
    ]
    return wanted[:1]

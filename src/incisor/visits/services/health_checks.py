"""The health check before a visit (VIS-4)."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.visits.enums import CheckAnswer, CheckWay
from incisor.visits.models import HealthCheck, Visit
from incisor.visits.rules.health_check import KEYS, worries


class NothingAnswered(Refused):
    """A check without any answer says nothing."""

    code = "nothing_answered"


@action(Permission.PATIENT_HEALTH)
def record_health_check(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    way: str,
    answers: Mapping[str, str],
    at: datetime,
    visit: Visit | None = None,
    appointment: Appointment | None = None,
    note: str = "",
) -> HealthCheck:
    """Write down what the patient answered, in place of an earlier check for the same coming. Raises NothingAnswered."""
    given = {key: CheckAnswer(answer).value for key, answer in answers.items() if key in KEYS and answer}
    if not given:
        raise NothingAnswered(_("Tick at least one answer."))
    before = HealthCheck.objects.filter(clinic=clinic, patient=patient, ended_at=None)
    before = before.filter(visit=visit) if visit else before.filter(visit=None, appointment=appointment)
    before.update(ended_at=at)
    made = HealthCheck.objects.create(
        clinic=clinic,
        patient=patient,
        visit=visit,
        appointment=appointment,
        way=CheckWay(way),
        answers=json.dumps(given, sort_keys=True),
        note=note.strip()[:500],
        by=by,
        at=at,
    )
    # the answers themselves stay out of the trail: it is read by people who may not read health
    record(
        "visit.health_checked",
        subject=made,
        patient_id=patient.pk,
        after={"way": made.way, "answers": len(given), "worries": len(worries(given))},
    )
    live.touch(clinic.pk, "day")
    return made


@action(Permission.PATIENT_HEALTH)
def take_back_health_check(*, by: User, check: HealthCheck, at: datetime) -> None:
    """Take back a check that was written down by mistake; it stays in the record. Twice changes nothing."""
    if HealthCheck.objects.filter(pk=check.pk, ended_at=None).update(ended_at=at):
        record("visit.health_check_taken_back", subject=check, patient_id=check.patient_id, before={"way": check.way})
        live.touch(check.clinic_id, "day")

"""What whoever treats the patient must know: allergies, illnesses, medication, warnings (PAT-2)."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import events, live
from incisor.patients.enums import AlertKind
from incisor.patients.events import PatientAlertsChanged
from incisor.patients.models import HealthDenial, Patient, PatientAlert
from incisor.patients.rules import health_code, health_items
from incisor.patients.services._values import WrongValue

LENGTH = 200


@action(Permission.PATIENT_HEALTH)
def add_alert(*, by: User, patient: Patient, kind: str, at: datetime, code: str = "", text: str = "") -> PatientAlert:
    """Record an allergy, illness, medication or warning, from the list or in the patient's own words.

    One that stands in the file already is returned as it is. Raises WrongValue.
    """
    if kind not in AlertKind.values:
        raise WrongValue("kind", _("Choose what it is: allergy, illness, medication …"))
    words = " ".join(text.split())
    code = code or health_code(kind=kind, text=words)
    if code and code not in health_items().get(kind, {}):
        raise WrongValue("code", _("Choose from the list, or write it in the patient's own words."))
    if not code and not words:
        raise WrongValue("text", _("Choose from the list, or write it in the patient's own words."))
    if len(words) > LENGTH:
        raise WrongValue("text", _("At most %(length)d characters.") % {"length": LENGTH})
    Patient.objects.select_for_update().get(pk=patient.pk)
    words = words or (health_items()[kind][code].name_zh if code else "")
    for known in PatientAlert.objects.filter(patient=patient, kind=kind, ended_at=None):
        if (code and known.code == code) or (not code and known.text.casefold() == words.casefold()):
            return known
    alert = PatientAlert.objects.create(
        clinic_id=patient.clinic_id, patient=patient, kind=kind, code=code, text=words, recorded_by=by, recorded_at=at
    )
    HealthDenial.objects.filter(patient=patient, kind=kind, ended_at=None).update(ended_at=at)
    record(
        "patient.alert_added", subject=alert, patient_id=patient.pk, after={"kind": kind, "text": code or "free text"}
    )
    events.publish(PatientAlertsChanged(clinic_id=patient.clinic_id, patient_id=patient.pk, at=at))
    live.touch(patient.clinic_id, "day")
    return alert


@action(Permission.PATIENT_HEALTH)
def end_alert(*, by: User, alert: PatientAlert, at: datetime) -> None:
    """End an alert that is over or was recorded by mistake; it stays in the history. Ending it twice changes nothing."""
    if not PatientAlert.objects.filter(pk=alert.pk, ended_at=None).update(ended_at=at):
        return
    record(
        "patient.alert_ended",
        subject=alert,
        patient_id=alert.patient_id,
        before={"kind": alert.kind, "text": alert.code or "free text"},
    )
    events.publish(PatientAlertsChanged(clinic_id=alert.clinic_id, patient_id=alert.patient_id, at=at))
    live.touch(alert.clinic_id, "day")


@action(Permission.PATIENT_HEALTH)
def resume_alert(*, by: User, alert: PatientAlert, at: datetime) -> None:
    """Take back the end of an alert."""
    if not PatientAlert.objects.filter(pk=alert.pk).exclude(ended_at=None).update(ended_at=None):
        return
    record("patient.alert_resumed", subject=alert, patient_id=alert.patient_id, after={"kind": alert.kind})
    events.publish(PatientAlertsChanged(clinic_id=alert.clinic_id, patient_id=alert.patient_id, at=at))
    live.touch(alert.clinic_id, "day")

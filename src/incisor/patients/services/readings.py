"""Readings of blood pressure and glucose; what was asked and denied (PAT-2)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import events, live
from incisor.kernel.errors import Refused
from incisor.patients.enums import ASKED_KINDS, ReadingKind, ReadingMoment
from incisor.patients.events import HealthReadingRecorded, PatientAlertsChanged
from incisor.patients.models import HealthDenial, HealthReading, Patient, PatientAlert
from incisor.patients.rules.measures import Figures
from incisor.patients.services._values import WrongValue

CLOCK_SLACK = timedelta(minutes=5)


class NotDenied(Refused):
    """Something of this kind stands in the file, so the patient cannot know of none."""

    code = "not_denied"


@action(Permission.PATIENT_HEALTH)
def record_reading(
    *,
    by: User,
    patient: Patient,
    kind: str,
    figures: Figures | None,
    measured_at: datetime,
    at: datetime,
    moment: str = "",
    is_told: bool = False,
) -> HealthReading:
    """Note a reading. figures: from rules.measures, None when what was typed can be none. Raises WrongValue."""
    if figures is None or kind not in ReadingKind.values or (figures.second is None) != (kind == ReadingKind.GLUCOSE):
        raise WrongValue(
            "value",
            _("These figures cannot be right. Blood pressure: upper and lower value in mmHg. Glucose: mmol/l, 6.1."),
        )
    if moment not in ("", *ReadingMoment.values):
        raise WrongValue("moment", _("Choose when it was measured."))
    if measured_at > at + CLOCK_SLACK:
        raise WrongValue("measured_at", _("The time lies ahead. Type when it was measured."))
    reading = HealthReading.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=kind,
        value=figures.value,
        second=figures.second,
        moment=moment if kind == ReadingKind.GLUCOSE else "",
        is_told=is_told,
        measured_at=measured_at,
        recorded_by=by,
        recorded_at=at,
    )
    record("patient.reading_recorded", subject=reading, patient_id=patient.pk, after=_told(reading))
    events.publish(
        HealthReadingRecorded(clinic_id=patient.clinic_id, patient_id=patient.pk, reading_id=reading.pk, at=at)
    )
    return reading


def _told(reading: HealthReading) -> dict[str, str]:
    return {"kind": reading.kind}


@action(Permission.PATIENT_HEALTH)
def strike_reading(*, by: User, reading: HealthReading, at: datetime) -> None:
    """Take a reading out that was recorded by mistake; it stays in the record. Twice changes nothing."""
    if HealthReading.objects.filter(pk=reading.pk, ended_at=None).update(ended_at=at):
        record(
            "patient.reading_struck",
            subject=reading,
            patient_id=reading.patient_id,
            before=_told(reading),
        )


@action(Permission.PATIENT_HEALTH)
def resume_reading(*, by: User, reading: HealthReading, at: datetime) -> None:
    """Take back that a reading was struck."""
    if HealthReading.objects.filter(pk=reading.pk).exclude(ended_at=None).update(ended_at=None):
        record("patient.reading_recorded", subject=reading, patient_id=reading.patient_id, after=_told(reading))


@action(Permission.PATIENT_HEALTH)
def note_denial(*, by: User, patient: Patient, kind: str, at: datetime) -> HealthDenial:
    """Note that the patient was asked and knows of none; asking again renews it. Raises NotDenied."""
    if kind not in ASKED_KINDS:
        raise WrongValue("kind", _("Choose what was asked: allergy, illness, medication …"))
    Patient.objects.select_for_update().get(pk=patient.pk)
    if PatientAlert.objects.filter(patient=patient, kind=kind, ended_at=None).exists():
        raise NotDenied(_("Something of this kind is noted in the file. End that first, if it is over."))
    HealthDenial.objects.filter(patient=patient, kind=kind, ended_at=None).update(ended_at=at)
    denial = HealthDenial.objects.create(
        clinic_id=patient.clinic_id, patient=patient, kind=kind, said_at=at, recorded_by=by
    )
    record("patient.none_known", subject=denial, patient_id=patient.pk, after={"kind": kind})
    _tell(denial, at)
    return denial


@action(Permission.PATIENT_HEALTH)
def end_denial(*, by: User, denial: HealthDenial, at: datetime) -> None:
    """Take back that the patient knows of none: it was noted by mistake."""
    if HealthDenial.objects.filter(pk=denial.pk, ended_at=None).update(ended_at=at):
        record("patient.none_known_ended", subject=denial, patient_id=denial.patient_id, before={"kind": denial.kind})
        _tell(denial, at)


def _tell(denial: HealthDenial, at: datetime) -> None:
    events.publish(PatientAlertsChanged(clinic_id=denial.clinic_id, patient_id=denial.patient_id, at=at))
    live.touch(denial.clinic_id, "day")

"""Visits: of a day, of a patient, and their steps."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient, PatientAlert
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.staff.models import StaffMember
from incisor.visits.enums import RecordField, VisitStatus
from incisor.visits.models import TreatmentDone, Visit, VisitStep

# the words of a note, which lists do not need and not everybody reads
WORDS = ("complaint", "findings", "diagnosis", "diagnosis_codes", "treatment", "advice", "next_note", "touched")
SEATED = frozenset({VisitStatus.IN_CHAIR, VisitStatus.TO_PAY, VisitStatus.DONE})


def _shown(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    """Everything that a row of the board names: patient with alerts, dentist, chair, what is booked."""
    items = AppointmentItem.objects.select_related("procedure").order_by("position", "pk")
    alerts = PatientAlert.objects.filter(ended_at=None).order_by("recorded_at", "pk")
    return rows.select_related("clinic", "patient", "dentist", "chair", "appointment").prefetch_related(
        Prefetch("patient__alerts", queryset=alerts, to_attr="open_alerts"),
        Prefetch("appointment__items", queryset=items),
    )


def visit(clinic: Clinic, visit_id: Any) -> Visit:
    """Return the clinic's visit with patient, alerts, dentist, chair and appointment. Raises NotFound."""
    key = as_uuid(visit_id)
    found = _shown(Visit.objects.filter(clinic=clinic, pk=key)).first() if key else None
    if found is None:
        raise NotFound()
    return found


def lock_patient(clinic: Clinic, patient_id: Any) -> Patient:
    """Lock the clinic's patient until the transaction ends, after dentists and chairs. Raises NotFound."""
    locked = Patient.objects.select_for_update(no_key=True, of=("self",)).filter(clinic=clinic, pk=patient_id).first()
    if locked is None:
        raise NotFound()
    return locked


def visits_of_day(clinic: Clinic, day: date, *, dentist: StaffMember | None = None) -> list[Visit]:
    """Return the visits of a business date in the order of their numbers, without those begun by mistake."""
    rows = Visit.objects.filter(clinic=clinic, business_date=day).exclude(status=VisitStatus.WITHDRAWN)
    if dentist is not None:
        rows = rows.filter(dentist=dentist)
    return list(_shown(rows).order_by("queue_number"))


def visit_of_appointment(clinic: Clinic, appointment: Appointment) -> Visit | None:
    """Return the visit that the appointment became, None before check-in."""
    rows = Visit.objects.filter(clinic=clinic, appointment=appointment).exclude(status=VisitStatus.WITHDRAWN)
    return rows.select_related("patient").first()


def visits_of_patient(clinic: Clinic, patient_id: Any, *, fields: Collection[str] = (), limit: int = 50) -> list[Visit]:
    """Return the patient's visits in the clinic, the latest first, each with its note (signed or not, none of its words).

    fields: parts of the record that the reader reads; the procedures done come as `done` where they are among them.
    """
    rows = Visit.objects.filter(clinic=clinic, patient_id=patient_id).exclude(status=VisitStatus.WITHDRAWN)
    rows = rows.select_related("dentist", "note").defer("complaint", *(f"note__{name}" for name in WORDS))
    if RecordField.PROCEDURES in fields:
        done = TreatmentDone.objects.select_related("procedure").order_by("position", "pk")
        rows = rows.prefetch_related(Prefetch("treatments", queryset=done, to_attr="done"))
    return list(rows.order_by("-arrived_at", "-pk")[:limit])


def last_seen_on(clinic: Clinic, patient: Patient) -> date | None:
    """Return the last day on which the patient was treated here: by visits, else by what was imported."""
    rows = Visit.objects.filter(clinic=clinic, patient=patient, status__in=SEATED)
    latest = rows.order_by("-business_date").values_list("business_date", flat=True).first()
    return max(filter(None, (latest, patient.last_seen_on)), default=None)


def booked_procedures(appointment: Appointment) -> list[Procedure]:
    """Return what the appointment is for."""
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    return [item.procedure for item in items.order_by("position", "pk")]


def steps_of(visit: Visit) -> list[VisitStep]:
    """Return the visit's steps in order, those undone among them, each with who took it."""
    return list(visit.steps.select_related("by", "undone_by").order_by("at", "pk"))


def step_of(clinic: Clinic, step_id: Any) -> VisitStep:
    """Return a step of the clinic's visits. Raises NotFound."""
    key = as_uuid(step_id)
    found = VisitStep.objects.filter(visit__clinic=clinic, pk=key).first() if key else None
    if found is None:
        raise NotFound()
    return found

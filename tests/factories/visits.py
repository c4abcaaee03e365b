"""Visits for tests, written as rows: what the services would refuse can be made here."""

from datetime import timedelta

from incisor.kernel.clock import business_date
from incisor.visits.models import Visit, VisitNote, VisitStep


def make_visit(
    *, clinic, patient, at, status="waiting", number=None, dentist=None, chair=None, appointment=None, **over
):
    """Return a visit that began at that moment, with the steps that led to its status."""
    day = business_date(at, clinic.zone)
    if number is None:
        number = Visit.objects.filter(clinic=clinic, business_date=day).count() + 1
    moments = _moments(status, at)
    made = Visit.objects.create(
        clinic=clinic,
        patient=patient,
        appointment=appointment,
        dentist=dentist or (appointment.dentist if appointment else None),
        chair=chair,
        business_date=day,
        queue_number=number,
        status=status,
        arrived_at=at,
        **{"kind": "return", "due_at": appointment.starts_at if appointment else None, **moments, **over},
    )
    VisitStep.objects.create(visit=made, to_status="waiting", by=patient.created_by, at=at)
    return made


def _moments(status, at):
    order = ["waiting", "called", "in_chair", "to_pay", "done"]
    reached = order.index(status) if status in order else 0
    names = ["called_at", "seated_at", "ended_at", "closed_at"]
    return {name: at + timedelta(minutes=10 * (n + 1)) for n, name in enumerate(names[:reached])}


def make_note(*, visit, by, at, **over):
    """Return a draft that holds everything a signature needs."""
    values = {
        "complaint": "刷牙出血",
        "findings": "牙石（++）",
        "diagnosis": "慢性龈炎",
        "treatment": "全口超声洁治",
        "advice": "每天用牙线",
    }
    return VisitNote.objects.create(
        visit=visit, clinic_id=visit.clinic_id, written_by=by, updated_at=at, **{**values, **over}
    )

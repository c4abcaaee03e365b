"""Who waits, and which dentists are busy."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date
from incisor.reception.models import FlowRules
from incisor.reception.rules.queue import Waiting
from incisor.staff.models import StaffMember
from incisor.visits.enums import Urgency, VisitStatus
from incisor.visits.models import Visit


def waiting_entry(visit: Visit, rules: FlowRules | None = None) -> Waiting:
    """Return what the order of calling needs to know of a visit. rules: of its clinic; None: those of the house."""
    held = rules or FlowRules()
    return Waiting(
        key=visit.pk,
        number=visit.queue_number,
        arrived_at=visit.arrived_at,
        due_at=visit.due_at,
        is_emergency=visit.urgency == Urgency.EMERGENCY,
        is_urgent=visit.urgency == Urgency.URGENT,
        rank=visit.queue_rank,
        dentist=visit.dentist_id,
        place_at=visit.place_at,
        is_parked=visit.parked_at is not None,
        late_after=timedelta(minutes=held.late_minutes),
        patience=timedelta(minutes=held.walk_in_patience_minutes),
    )


def waiting_now(clinic: Clinic, at: datetime, *, dentist: StaffMember | None = None) -> list[Visit]:
    """Return who waits and is not called yet. dentist: only the dentist's own patients and those without one."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    rows = Visit.objects.filter(clinic=clinic, business_date=day, status=VisitStatus.WAITING)
    if dentist is not None:
        rows = rows.filter(Q(dentist=dentist) | Q(dentist=None))
    return list(rows.select_related("clinic", "patient", "dentist").order_by("queue_number"))


def busy_dentists(clinic: Clinic, at: datetime) -> set[uuid.UUID]:
    """Return the dentists who have a patient in the chair."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    rows = Visit.objects.filter(clinic=clinic, business_date=day, status=VisitStatus.IN_CHAIR)
    return set(rows.exclude(dentist=None).values_list("dentist_id", flat=True))

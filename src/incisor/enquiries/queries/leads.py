"""Enquiries and how many of them become treatments."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.enquiries import rules
from incisor.enquiries.enums import LeadStage
from incisor.enquiries.models import Lead
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient

LIST_LIMIT = 200
OPEN = (LeadStage.NEW, LeadStage.CONTACTED, LeadStage.BOOKED, LeadStage.ARRIVED)
CAME = (LeadStage.ARRIVED, LeadStage.WON)


@dataclass(frozen=True)
class Conversion:
    """How far enquiries came. Filter: noted from the first to the last day; arrived counts those treated too."""

    label: str
    all: int
    booked: int
    arrived: int
    won: int
    lost: int

    @property
    def percent(self) -> int:
        """Treated of all, rounded."""
        return round(self.won * 100 / self.all) if self.all else 0


def leads(clinic: Clinic, *, stage: str = "", consultant: User | None = None) -> list[Lead]:
    """Return enquiries, those to be contacted first on top; without a stage all that are open."""
    found = Lead.objects.filter(clinic=clinic, stage__in=[stage] if stage else OPEN)
    if consultant is not None:
        found = found.filter(consultant=consultant)
    parts = found.select_related("consultant", "patient", "procedure", "appointment")
    return list(parts.order_by("next_on", "-created_at", "pk")[:LIST_LIMIT])


def lead_counts(clinic: Clinic) -> dict[str, int]:
    """Return how many enquiries stand at each stage."""
    rows = Lead.objects.filter(clinic=clinic).values_list("stage").annotate(count=Count("pk"))
    return dict.fromkeys(LeadStage.values, 0) | dict(rows)


def lead(clinic: Clinic, lead_id: Any) -> Lead:
    """Return an enquiry of the clinic. Raises NotFound."""
    found = Lead.objects.filter(clinic=clinic, pk=as_uuid(lead_id))
    row = found.select_related("consultant", "patient", "procedure", "appointment").first()
    if row is None:
        raise NotFound()
    return row


def lead_of_patient(clinic_id: Any, patient_id: Any) -> Lead | None:
    """Return the patient's newest open enquiry, None when there is none."""
    found = _open_lead(clinic_id, patient_id)
    return found[0] if found else None


@prepared
def _open_lead(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> QuerySet[Lead]:
    found = Lead.objects.filter(clinic_id=clinic_id, patient_id=patient_id, stage__in=OPEN)
    return found.order_by("-created_at")[:1]


def lead_of_new_file(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> Lead | None:
    """Return the open enquiry of whoever was just registered, None when none is surely theirs."""
    patient = Patient.objects.filter(clinic_id=clinic_id, pk=patient_id).values("name", "phone_index").first()
    if patient is None:
        return None
    index = patient["phone_index"]
    fitting = Q(number_index=index) if index else Q()
    found = Lead.objects.filter(fitting | Q(number_index="", name=patient["name"]), clinic_id=clinic_id, patient=None)
    rows = list(found.filter(stage__in=OPEN).order_by("-created_at", "pk")[:20])
    if not rows:
        return None
    others = Patient.objects.filter(clinic_id=clinic_id, phone_index=index, is_active=True).exclude(pk=patient_id)
    untied = [rules.Untied(row.pk, row.name, bool(index) and row.number_index == index) for row in rows]
    chosen = rules.lead_of_new_file(untied, name=patient["name"], is_shared=bool(index) and others.exists())
    return next((row for row in rows if row.pk == chosen), None)


def conversion(clinic: Clinic, *, by: str, since: datetime, until: datetime) -> list[Conversion]:
    """Return how far the enquiries noted in that time came, by "source" or "consultant", the largest first."""
    field = {"source": "source", "consultant": "consultant__name"}[by]
    found = Lead.objects.filter(clinic=clinic, created_at__gte=since, created_at__lt=until)
    rows = found.values_list(field).annotate(
        all=Count("pk"),
        booked=Count("pk", filter=~Q(appointment=None)),
        arrived=Count("pk", filter=Q(stage__in=CAME)),
        won=Count("pk", filter=Q(stage=LeadStage.WON)),
        lost=Count("pk", filter=Q(stage=LeadStage.LOST)),
    )
    return sorted((Conversion(*row) for row in rows), key=lambda one: (-one.all, one.label))

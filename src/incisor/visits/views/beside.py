"""What stands beside the text of a record: chart, procedures done, prescription, pictures and papers, health."""

from typing import Any

from django.http import HttpRequest

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.patients import queries as patients
from incisor.patients.rules.ages import age_on
from incisor.visits import queries
from incisor.visits.adapters import brought
from incisor.visits.enums import AttachmentKind, RecordField, ToothState
from incisor.visits.forms import DrugForm
from incisor.visits.models import Visit
from incisor.visits.rules.drugs import clashes, drugs
from incisor.visits.rules.teeth import dentition_at
from incisor.visits.views.chart import chart
from incisor.visits.views.words import worry_words


def chart_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return what the chart shows: the mouth as it is now, faintly where this visit says nothing."""
    age = age_on(born_on=visit.patient.born_on, day=visit.business_date)
    asked = request.POST.get("dentition") or request.GET.get("dentition") or ""
    dentition = asked if asked in {"adult", "milk", "mixed"} else dentition_at(age.years if age else None)
    fields = queries.fields_for(visit.clinic, request.user)
    clinic, patient = visit.clinic, visit.patient
    today = queries.entries_of_mouth(clinic, patient, fields=fields, visit=visit)
    before = queries.entries_of_mouth(clinic, patient, fields=fields, before=visit.arrived_at)
    return {
        "visit": visit,
        "patient": patient,
        "chart": chart(dentition, today, before),
        "findings": queries.findings_of(visit),
        "states": ToothState.choices,
        "surfaces": "MODBL",
    }


def treatments_context(visit: Visit) -> dict[str, Any]:
    """Return what the list of procedures done shows."""
    return {"visit": visit, "treatments": queries.treatments_of(visit)}


def proposals_of(visit: Visit, text: str = "") -> list[Any]:
    """Return procedures to choose from: what was booked first."""
    booked = queries.booked_procedures(visit.appointment) if visit.appointment else []
    return queries.find_procedures(text, prefer=[procedure.pk for procedure in booked])


def drugs_context(visit: Visit, form: DrugForm | None = None, *, against: list[Any] | None = None) -> dict[str, Any]:
    """Return what the prescription shows: its drugs, the form for one more, and what speaks against that one."""
    chosen = drugs().get(form["drug"].value() or "") if form is not None else None
    if form is not None and against is None:
        name = str(form["name"].value() or "")
        against = clashes(drug=chosen, name=name, known=queries.known_of(visit.patient, visit.business_date))
    return {
        "visit": visit,
        "drugs": queries.drugs_of(visit),
        "drug_form": form or DrugForm(),
        "is_drug_chosen": form is not None,
        "warnings": [{"text": queries.clash_line(one), "is_refused": one.is_refused} for one in against or []],
        "needs_reason": any(one.is_refused for one in against or []),
        "drug_choices": queries.find_drugs(""),
    }


def attachments_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return the pictures and papers as far as the reader sees them, and whether more may be brought."""
    fields = queries.fields_for(visit.clinic, request.user)
    reads = RecordField.ATTACHMENTS in fields
    brings = any(may(request.user, one, visit.clinic_id) for one in (Permission.NOTE_WRITE, Permission.CHAIR_WORK))
    return {
        "visit": visit,
        "attachments": queries.attachments_of(visit) if reads else [],
        "reads_attachments": reads,
        "may_attach": reads and brings and visit.status != "withdrawn",
        "attachment_kinds": AttachmentKind.choices,
        "attachment_limit": brought.TAKEN_AT_MOST,
    }


def health_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return readings and the health check, for those who may know them."""
    sees = may(request.user, Permission.PATIENT_HEALTH, visit.clinic_id)
    check = queries.health_check_of(visit) if sees else None
    return {
        "sees_health": sees,
        "readings": patients.readings_of(visit.patient, limit=4) if sees else [],
        "check": check,
        "worries": worry_words(check.worries) if check else [],
    }

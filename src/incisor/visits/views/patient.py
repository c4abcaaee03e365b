"""A patient's visits, teeth, pictures and papers, on the patient's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import render
from incisor.patients import queries as patients
from incisor.patients.rules.ages import age_on
from incisor.visits import queries
from incisor.visits.enums import RecordField
from incisor.visits.rules.teeth import NoSuchSurface, NoSuchTooth, dentition_at, parse_places
from incisor.visits.views.chart import chart


@require_GET
@page(Permission.PATIENT_SEE)
def patient_visits(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show when the patient was here, with whom, and what was done as far as the reader may know."""
    patient = patients.patient(request.clinic, patient_id)
    fields = queries.fields_for(request.clinic, request.user)
    context = {
        "patient": patient,
        "visits": queries.visits_of_patient(request.clinic, patient.pk, fields=fields),
        "may_note": bool(fields),
    }
    return render(request, "visits/patient_visits.html", context, partial="panel")


def dentitions() -> list[tuple[str, str]]:
    """Return the kinds of chart with their names."""
    return [("adult", _("Adult")), ("mixed", _("Mixed")), ("milk", _("Milk"))]


@require_GET
@page(Permission.PATIENT_SEE)
def patient_teeth(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the patient's mouth as it is now, and what was found and done on each tooth."""
    patient = patients.patient(request.clinic, patient_id)
    queries.require_field(request.clinic, request.user, RecordField.TEETH)
    fields = queries.fields_for(request.clinic, request.user)
    today = clock.local(clock.now(), request.clinic.zone).date()
    age = age_on(born_on=patient.born_on, day=today)
    asked = request.GET.get("dentition", "")
    dentition = asked if asked in {"adult", "milk", "mixed"} else dentition_at(age.years if age else None)
    context = {
        "patient": patient,
        "chart": chart(dentition, queries.entries_of_mouth(request.clinic, patient, fields=fields)),
        "dentitions": dentitions(),
        "lines": queries.tooth_history(request.clinic, patient, fields=fields),
    }
    return render(request, "visits/patient_teeth.html", context, partial="panel")


@require_GET
@page(Permission.PATIENT_SEE)
def tooth_history(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what was found and done on the named teeth over all visits."""
    patient = patients.patient(request.clinic, patient_id)
    fields = queries.require_fields(request.clinic, request.user)
    try:
        teeth = list(parse_places(request.GET.get("teeth", "")[:200]))
    except (NoSuchTooth, NoSuchSurface):
        teeth = []
    lines = queries.tooth_history(request.clinic, patient, teeth=teeth, fields=fields) if teeth else []
    context = {"patient": patient, "teeth": teeth, "lines": lines}
    return render(request, "visits/tooth_history.html", context, partial="lines")


@require_GET
@page(Permission.PATIENT_SEE)
def patient_attachments(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the pictures and papers of all visits."""
    patient = patients.patient(request.clinic, patient_id)
    queries.require_field(request.clinic, request.user, RecordField.ATTACHMENTS)
    context = {"patient": patient, "attachments": queries.attachments_of_patient(request.clinic, patient.pk)}
    return render(request, "visits/patient_attachments.html", context, partial="panel")

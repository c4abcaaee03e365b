"""A patient's visits and teeth, on the patient's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import render
from incisor.patients import queries as patients
from incisor.visits import queries
from incisor.visits.rules.teeth import dentition_at
from incisor.visits.views.chart import chart


@require_GET
@page(Permission.PATIENT_SEE)
def patient_visits(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show when the patient was here, with whom, and what was done."""
    patient = patients.patient(request.clinic, patient_id)
    context = {
        "patient": patient,
        "visits": queries.visits_of_patient(request.clinic, patient.pk),
        "may_note": may(request.user, Permission.NOTE_SEE, request.clinic.pk),
    }
    return render(request, "visits/patient_visits.html", context, partial="panel")


@require_GET
@page(Permission.NOTE_SEE)
def patient_teeth(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what is known of the patient's teeth, the latest finding of each."""
    patient = patients.patient(request.clinic, patient_id)
    found = queries.teeth_before(request.clinic, patient.pk)
    today = clock.local(clock.now(), request.clinic.zone).date()
    age = (today - patient.born_on).days // 365 if patient.born_on else None
    asked = request.GET.get("dentition", "")
    dentition = asked if asked in {"adult", "milk", "mixed"} else dentition_at(age)
    context = {"patient": patient, "chart": chart(dentition, found[:0], found), "history": found}
    return render(request, "visits/patient_teeth.html", context, partial="panel")

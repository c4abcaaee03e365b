"""The search page: every free time that fits, soonest first; a digit or a click books."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.htmx import render
from incisor.patients.models import Patient
from incisor.patients.queries import find as find_patients
from incisor.patients.queries import patient as patient_of
from incisor.scheduling import queries
from incisor.scheduling.forms import BookingForm, NewPatientForm
from incisor.scheduling.views.booking import booking_context

TEMPLATE = "scheduling/find.html"


@page(Permission.APPOINTMENT_BOOK)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Find a time for somebody who is not known yet."""
    if request.headers.get("HX-Target") == "book-people":
        return render(request, TEMPLATE, _people(request), partial="people")
    return _found(request, None)


@page(Permission.APPOINTMENT_BOOK)
@require_GET
def find_for(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Find a time for a patient, or for the family."""
    return _found(request, patient_of(request.clinic, patient_id))


def _people(request: HttpRequest) -> dict[str, object]:
    """Patients whom the typed words may mean; what else was asked for goes along."""
    words = request.GET.get("name", "").strip()
    kept = [
        (key, one) for key in request.GET for one in request.GET.getlist(key) if one and key not in ("name", "phone")
    ]
    hits = find_patients(request.clinic, words, at=now(), limit=5) if len(words) > 1 else []
    return {"people": [hit.patient for hit in hits], "kept": urlencode(kept)}


def _found(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    form = BookingForm(request.GET, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    new = NewPatientForm(initial=request.GET.dict())
    context = booking_context(request, patient, form, request.GET, is_list=True, new=new)
    context["treatment_places"] = [*context["chosen"], ""][: max(2, len(context["chosen"]) + 1)]
    context["here"] = reverse("scheduling:find-for", args=[patient.pk]) if patient else reverse("scheduling:find")
    is_slots = request.headers.get("HX-Target") == "book-slots"
    return render(request, TEMPLATE, context, partial="slots" if is_slots else "")

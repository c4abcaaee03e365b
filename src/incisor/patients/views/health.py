"""The medical background: what is noted, what was asked and denied, readings."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients import queries, services
from incisor.patients.enums import AlertKind
from incisor.patients.forms import ReadingForm


@require_GET
@page(Permission.PATIENT_HEALTH)
def health(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the medical background."""
    return _health(request, patient_id)


def _health(request: HttpRequest, patient_id: uuid.UUID, **more: Any) -> HttpResponse:
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    status = more.pop("status", 200)
    context = {
        "patient": patient,
        "topics": queries.background_of(patient),
        "readings": queries.readings_of(patient),
        "reading_form": more.pop("form", None) or ReadingForm(),
    }
    return render(request, "patients/health.html", context, partial="part", status=status)


def _answer(request: HttpRequest, patient_id: uuid.UUID, text: str, undo_url: str | None = None) -> HttpResponse:
    """Answer a change: the part anew where the page asked for it, else word to the parts (Undo in a message)."""
    if not wants_fragment(request):
        return redirect(request, f"{reverse('patients:patient', args=[patient_id])}?tab=health")
    if request.headers.get("HX-Target") == "health":
        response = _health(request, patient_id)
    else:
        response = trigger(HttpResponse(status=204), "health-changed")
    return toast(response, text, undo_url=undo_url)


@require_POST
@page(Permission.PATIENT_HEALTH)
def add_reading(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Note a reading."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    form = ReadingForm(request.POST)
    at = clock.now()
    if form.is_valid():
        given = form.cleaned_data
        try:
            reading = services.record_reading(
                by=request.user,
                patient=patient,
                kind=given["kind"],
                figures=given["found"],
                moment=given["moment"],
                is_told=given["is_told"],
                measured_at=given["measured_at"] or at,
                at=at,
            )
        except services.WrongValue as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "figures", str(refusal))
        else:
            undo_url = reverse("patients:strike-reading", args=[patient.pk, reading.pk])
            return _answer(request, patient.pk, _("The reading is noted."), undo_url)
    return _health(request, patient_id, form=form, status=422)


@require_POST
@page(Permission.PATIENT_HEALTH)
def strike_reading(request: HttpRequest, patient_id: uuid.UUID, reading_id: uuid.UUID) -> HttpResponse:
    """Take a reading out."""
    reading = queries.reading(request.clinic, patient_id, reading_id)  # type: ignore[attr-defined]
    services.strike_reading(by=request.user, reading=reading, at=clock.now())
    undo_url = reverse("patients:resume-reading", args=[patient_id, reading_id])
    return _answer(request, patient_id, _("The reading is taken out."), undo_url)


@require_POST
@page(Permission.PATIENT_HEALTH)
def resume_reading(request: HttpRequest, patient_id: uuid.UUID, reading_id: uuid.UUID) -> HttpResponse:
    """Take back that a reading was taken out."""
    reading = queries.reading(request.clinic, patient_id, reading_id)  # type: ignore[attr-defined]
    services.resume_reading(by=request.user, reading=reading, at=clock.now())
    return _answer(request, patient_id, _("The reading is back."))


@require_POST
@page(Permission.PATIENT_HEALTH)
def none_known(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Note that the patient was asked and knows of none."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    denial = services.note_denial(by=request.user, patient=patient, kind=request.POST.get("kind", ""), at=clock.now())
    undo_url = reverse("patients:end-none-known", args=[patient.pk, denial.pk])
    text = _("Asked, none known: %(what)s") % {"what": AlertKind(denial.kind).label}
    return _answer(request, patient.pk, text, undo_url)


@require_POST
@page(Permission.PATIENT_HEALTH)
def end_none_known(request: HttpRequest, patient_id: uuid.UUID, denial_id: uuid.UUID) -> HttpResponse:
    """Take back that the patient knows of none."""
    denial = queries.denial(request.clinic, patient_id, denial_id)  # type: ignore[attr-defined]
    services.end_denial(by=request.user, denial=denial, at=clock.now())
    return _answer(request, patient_id, _("Not asked: %(what)s") % {"what": AlertKind(denial.kind).label})

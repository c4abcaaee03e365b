"""Checking in, walk-ins, no-shows."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.patients import queries as patients
from incisor.reception import queries, services
from incisor.reception.forms import WalkInForm
from incisor.reception.views.answers import done, undo_url_of
from incisor.scheduling import queries as scheduling
from incisor.visits.models import Visit


def _welcome(visit: Visit) -> str:
    return _("%(patient)s is here: number %(number)s.") % {"patient": visit.patient.name, "number": visit.queue_number}


@require_POST
@page(Permission.RECEPTION_WORK)
def check_in(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Check in whoever has come to an appointment."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    visit = services.check_in(by=request.user, appointment=appointment, at=at)
    return done(request, _welcome(visit), at=at, undo_url=undo_url_of(queries.last_step(visit)))


@require_POST
@page(Permission.RECEPTION_WORK)
def no_show(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Record that somebody did not come."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    change = services.record_no_show(by=request.user, appointment=appointment, at=at)
    text = _("%(patient)s did not come; the time is free.") % {"patient": appointment.patient.name}
    return done(request, text, at=at, undo_url=reverse("reception:undo-no-show", args=[change.pk]))


@require_POST
@page(Permission.RECEPTION_WORK)
def undo_no_show(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Expect the patient again."""
    at = now()
    change = scheduling.change(request.clinic, change_id)
    services.undo_no_show(by=request.user, clinic=request.clinic, change=change, at=at)
    return done(request, _("Expected again."), at=at)


@require_http_methods(["GET", "POST"])
@page(Permission.RECEPTION_WORK)
def walk_in(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take somebody without appointment into the queue: a digit says how urgent it is."""
    at, clinic = now(), request.clinic
    patient = patients.patient(clinic, patient_id)
    form = WalkInForm(request.POST or None, clinic=clinic)
    if request.method == "POST" and form.is_valid():
        try:
            visit = services.receive_walk_in(by=request.user, clinic=clinic, patient=patient, at=at, **form.chosen())
            return done(request, _welcome(visit), at=at, undo_url=undo_url_of(queries.last_step(visit)))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context: dict[str, Any] = {
        "patient": patient,
        "form": form,
        "choices": queries.first_choices(),
        "levels": queries.signs_by_level(),
        "today": queries.todays_appointments(clinic, patient, at),
        "gaps": queries.gaps_today(clinic, patient, at),
        "waiting": queries.waiting_now(clinic, at),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reception/walk_in.html", context, partial="panel", status=status)

"""The health check before a visit (VIS-4): at the desk, on the phone, at the chair."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.editing import refuse, typed
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients import queries as patients
from incisor.patients.models import Patient
from incisor.patients.rules.ages import age_on
from incisor.visits import queries, services
from incisor.visits.enums import CheckWay
from incisor.visits.forms import HealthCheckForm
from incisor.visits.models import Visit
from incisor.visits.rules.health_check import questions_for
from incisor.visits.views.beside import health_context
from incisor.visits.views.words import question_words, worry_words


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_HEALTH)
def health_check(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask what is asked before a visit, for the visit of now or the next appointment; on POST write it down."""
    clinic, at = request.clinic, clock.now()
    patient = patients.patient(clinic, patient_id)
    visit, appointment = queries.coming(clinic, patient, at=at)
    done = queries.health_check_for(clinic, patient, visit=visit, appointment=appointment)
    form = _form(request, patient, visit, appointment, at)
    if form.is_bound and form.is_valid():
        try:
            made = services.record_health_check(
                by=request.user, clinic=clinic, patient=patient, visit=visit, appointment=appointment,
                way=form.cleaned_data["way"], note=form.cleaned_data["note"], answers=form.answers(), at=at,
            )  # fmt: skip
        except services.NothingAnswered as refusal:
            refuse(form, refusal)
        else:
            return _noted(request, patient, made)
    context = {
        "patient": patient,
        "visit": visit,
        "appointment": appointment,
        "form": form,
        "done": done,
        "worries": worry_words(done.worries) if done else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/health_check.html", context, partial="panel", status=status)


def _form(request: HttpRequest, patient: Patient, visit: Visit | None, appointment: Any, at: Any) -> HealthCheckForm:
    booked = visit.appointment if visit is not None else appointment
    is_surgery = booked is not None and any(one.is_high_risk for one in queries.booked_procedures(booked))
    age = age_on(born_on=patient.born_on, day=clock.local(at, request.clinic.zone).date())
    asked = questions_for(sex=patient.sex, age=age.years if age else None, is_surgery=is_surgery)
    usual = CheckWay.DESK if visit is not None else CheckWay.PHONE
    return HealthCheckForm(typed(request), initial={"way": usual}, asked=asked, words=question_words())


def _noted(request: HttpRequest, patient: Patient, made: Any) -> HttpResponse:
    undo_url = reverse("visits:health-check-back", args=[patient.pk, made.pk])
    if not wants_fragment(request):
        return redirect(request, f"{reverse('patients:patient', args=[patient.pk])}?tab=health")
    response = trigger(HttpResponse(status=204), "health-changed")
    response = trigger(response, "panel-close")
    return toast(response, _("The health check is noted."), undo_url=undo_url)


@require_POST
@page(Permission.PATIENT_HEALTH)
def health_check_back(request: HttpRequest, patient_id: UUID, check_id: UUID) -> HttpResponse:
    """Take a health check back that was noted by mistake."""
    check = queries.health_check(request.clinic, check_id)
    services.take_back_health_check(by=request.user, check=check, at=clock.now())
    if not wants_fragment(request):
        return redirect(request, f"{reverse('patients:patient', args=[patient_id])}?tab=health")
    return toast(trigger(HttpResponse(status=204), "health-changed"), _("Undone."))


@require_GET
@page(Permission.PATIENT_HEALTH)
def visit_health(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show readings and the health check on the record's page, after something was noted."""
    visit = queries.visit(request.clinic, visit_id)
    if not wants_fragment(request):
        return redirect(request, reverse("visits:note", args=[visit.pk]))
    context = {"visit": visit, "patient": visit.patient, **health_context(request, visit)}
    return render(request, "visits/_health.html", context)

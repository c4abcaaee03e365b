"""Procedures done: chosen, changed, removed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import procedure
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, wants_fragment
from incisor.visits import queries, services
from incisor.visits.forms import TreatmentForm
from incisor.visits.models import Visit
from incisor.visits.rules.teeth import NoSuchSurface, NoSuchTooth, parse_places
from incisor.visits.views.beside import proposals_of, treatments_context


class NotUnderstood(Refused):
    """A field of a procedure done was not understood."""

    code = "not_understood"


def _answer(request: HttpRequest, visit: Visit, problem: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("visits:note", args=[visit.pk]))
    context = {**treatments_context(visit), "may_write": True, "problem": problem, "proposals": proposals_of(visit)}
    return render(request, "visits/_treatments.html", context, status=422 if problem else 200)


def _given(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed. Raises NotUnderstood."""
    form = TreatmentForm(request.POST)
    if not form.is_valid():
        raise NotUnderstood(" ".join(str(message) for errors in form.errors.values() for message in errors))
    try:
        places = parse_places(form.cleaned_data["teeth"])
    except NoSuchTooth as wrong:
        raise NotUnderstood(
            _("%(tooth)s is no tooth. Adult teeth are 11 to 48, milk teeth 51 to 85.") % {"tooth": wrong}
        ) from wrong
    except NoSuchSurface as wrong:
        raise NotUnderstood(_("%(surface)s is no surface. Use M O D B L.") % {"surface": wrong}) from wrong
    return {**form.cleaned_data, "teeth": list(places), "surfaces": places}


@require_POST
@page(Permission.NOTE_WRITE)
def treatments(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Record a procedure done. Without a number, one for each chosen tooth where the procedure counts teeth, else one."""
    visit = queries.visit(request.clinic, visit_id)
    problem = ""
    try:
        given = _given(request)
        if given["procedure"] is None:
            raise NotUnderstood(_("Choose a procedure."))
        chosen = procedure(given["procedure"])
        usual = len(given["teeth"]) if chosen.is_per_tooth and given["teeth"] else 1
        services.add_treatment(
            by=request.user, visit=visit, procedure=chosen, teeth=given["teeth"], surfaces=given["surfaces"], note=given["note"],
            quantity=given["quantity"] or usual, at=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        problem = str(refusal)
    return _answer(request, visit, problem)


@require_POST
@page(Permission.NOTE_WRITE)
def treatment(request: HttpRequest, visit_id: UUID, treatment_id: UUID) -> HttpResponse:
    """Change a procedure done, or remove it."""
    visit = queries.visit(request.clinic, visit_id)
    row = queries.treatment_of(visit, treatment_id)
    at, problem = clock.now(), ""
    try:
        if request.POST.get("remove"):
            services.remove_treatment(by=request.user, visit=visit, treatment=row, at=at)
        else:
            given = _given(request)
            services.change_treatment(
                by=request.user, visit=visit, treatment=row, quantity=given["quantity"] or row.quantity,
                teeth=given["teeth"], surfaces=given["surfaces"], note=given["note"], at=at,
            )  # fmt: skip
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        problem = str(refusal)
    return _answer(request, visit, problem)


@require_GET
@page(Permission.NOTE_WRITE)
def find_procedures(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Return procedures by code, name or initials; with nothing typed what was booked."""
    visit = queries.visit(request.clinic, visit_id)
    found = proposals_of(visit, request.GET.get("q", "")[:40])
    return render(request, "visits/_procedures.html", {"proposals": found})

"""The panel of one visit: everything that can be done with it, and what was done."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.forms import CorrectForm, RedirectForm, ReorderForm, TriageForm
from incisor.reception.rules.waiting import offers_of
from incisor.reception.views.answers import done, undo_url_of
from incisor.reception.views.board import permissions
from incisor.reception.views.leaving import leaving_context
from incisor.visits import queries as visits
from incisor.visits import services as visits_services
from incisor.visits.enums import QUEUED, VisitStatus
from incisor.visits.models import Visit

# What people say most when they go; one press each.
LEAVE_REASONS = (
    gettext_lazy("Waited too long"),
    gettext_lazy("Has no more time"),
    gettext_lazy("Comes another day"),
    gettext_lazy("Only wanted to ask"),
)


@require_GET
@page(Permission.DESK_USE)
def visit_panel(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show a visit with all its verbs and its history."""
    visit = visits.visit(request.clinic, visit_id)
    steps = visits.steps_of(visit)
    standing = [step for step in steps if step.undone_at is None]
    context = {
        "visit": visit,
        "patient": visit.patient,
        "steps": steps,
        "last": standing[-1] if standing else None,
        "correct_form": CorrectForm(clinic=request.clinic, visit=visit),
        **_of_status(request, visit),
        **permissions(request),
    }
    return render(request, "reception/visit.html", context, partial="panel")


def _of_status(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return what the panel shows of a visit in its status alone."""
    if visit.status in QUEUED:
        return {
            "chairs": queries.chair_options(request.clinic, visit),
            "levels": queries.signs_by_level(request.clinic),
            "reorder_form": ReorderForm(),
            "redirect_form": RedirectForm(clinic=request.clinic),
            "dentist_key": str(visit.dentist_id or ""),
            "leave_reasons": LEAVE_REASONS,
            "told": queries.told_to(visit),
            "offers": offers_of(queries.flow_rules(request.clinic).offers),
        }
    if visit.status == VisitStatus.TO_PAY:
        shown = leaving_context(request, visit, now())
        return {**shown, "owed": shown["leaving"].owed}
    return {"owed": queries.left_to_pay(visit)} if visit.status == VisitStatus.DONE else {}


@require_POST
@page(Permission.RECEPTION_WORK)
def reorder(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Give a waiting patient another place in the queue."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = ReorderForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a place in the queue, and say why."), code="not_understood")
    services.reorder(by=request.user, visit=visit, at=at, **form.cleaned_data)
    return done(request, _("The order is changed."), at=at)


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def triage(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Judge anew how urgent somebody is who waits."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = TriageForm(request.POST, clinic=request.clinic)
    if not form.is_valid():
        raise Refused(_("Choose signs from the list."), code="not_understood")
    chosen = form.cleaned_data
    step = services.triage(
        by=request.user, visit=visit, signs=chosen["signs"], urgency=chosen["urgency"] or None, at=at
    )
    text = _("%(patient)s: %(urgency)s.") % {
        "patient": shown_name(visit.patient),
        "urgency": visit.get_urgency_display(),
    }
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def correct(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Change dentist, kind or the note between chair and desk."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = CorrectForm(request.POST, clinic=request.clinic, visit=visit)
    if not form.is_valid():
        return render(request, "reception/_correct.html", {"correct_form": form, "visit": visit}, status=422)
    try:
        visits_services.correct_visit(by=request.user, visit=visit, at=at, **form.chosen())
    except visits_services.NoteIsSigned as refusal:  # what was typed stays in the form
        form.add_error(None, str(refusal))
        return render(request, "reception/_correct.html", {"correct_form": form, "visit": visit}, status=422)
    return done(request, _("Saved."), at=at)

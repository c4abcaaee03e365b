"""Findings on teeth."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import may, page, require
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, wants_fragment
from incisor.visits import queries, services
from incisor.visits.enums import RecordField
from incisor.visits.forms import TeethForm
from incisor.visits.rules.teeth import NoSuchSurface, NoSuchTooth, parse_places
from incisor.visits.views.beside import chart_context


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_SEE)
def teeth(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the chart; on POST record a finding on the chosen teeth, or take today's findings off them."""
    visit = queries.visit(request.clinic, visit_id)
    queries.require_field(request.clinic, request.user, RecordField.TEETH)
    problem = ""
    if request.method == "POST":
        require(request.user, Permission.NOTE_WRITE, visit.clinic_id)
        problem = _record(request, visit)
        if not wants_fragment(request):
            return redirect(request, reverse("visits:note", args=[visit.pk]))
    known = queries.note_of(visit)
    is_open = known is None or known.signed_at is None
    writes = is_open and may(request.user, Permission.NOTE_WRITE, visit.clinic_id)
    context = {
        **chart_context(request, visit),
        "may_write": writes,
        "problem": problem,
        "typed": request.POST if problem else None,
    }
    return render(request, "visits/_teeth.html", context, status=422 if problem else 200)


def _record(request: HttpRequest, visit: object) -> str:
    """Write what was chosen; return what is wrong with it, empty when nothing is."""
    form = TeethForm(request.POST)
    if not form.is_valid():
        return " ".join(str(message) for errors in form.errors.values() for message in errors)
    given, at = form.cleaned_data, clock.now()
    try:
        chosen = parse_places(given["teeth"])
    except NoSuchTooth as wrong:
        chosen = {wrong.args[0] if isinstance(wrong.args[0], int) else 0: ""}
    except NoSuchSurface as wrong:
        return _("%(surface)s is no surface. Use M O D B L.") % {"surface": wrong}
    try:
        if given["state"]:
            services.set_tooth_findings(
                by=request.user, visit=visit, teeth=chosen, state=given["state"],
                surfaces="".join(given["surfaces"]), on=chosen, text=given["text"], at=at,
            )  # fmt: skip
        else:
            services.clear_tooth_findings(by=request.user, visit=visit, teeth=chosen, at=at)
    except Refused as refusal:
        return str(refusal)
    return ""

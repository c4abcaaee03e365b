"""Calls for help: from the chair, answered at the desk, shown on every page of whoever can come."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics import queries as clinics
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render, trigger
from incisor.kernel.live import version
from incisor.reception import queries, services
from incisor.reception.enums import HelpKind
from incisor.reception.forms.chairside import HelpForm
from incisor.reception.views.answers import done
from incisor.visits import queries as visits


@require_GET
@page(Permission.DESK_USE)
def help_frame(request: HttpRequest) -> HttpResponse:
    """Show the calls for help that stand, for the frame of every page."""
    seen = version(
        request.clinic.pk, "help"
    )  # read first: a call made while the rest is read shows at the next question
    context = {"calls": queries.help_calls(request.clinic, now()), "version": seen}
    return render(request, "reception/_help_calls.html", context)


@require_POST
@page(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK,))
def help_call(request: HttpRequest) -> HttpResponse:
    """Call for help."""
    at, clinic = now(), request.clinic
    form = HelpForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say what is needed."), code="not_understood")
    given = form.cleaned_data
    visit = visits.visit(clinic, given["visit"]) if given["visit"] else None
    chair = clinics.chair(clinic, given["chair"]) if given["chair"] else visit.chair if visit else None
    services.call_for_help(
        by=request.user, clinic=clinic, kind=given["kind"], chair=chair, visit=visit, note=given["note"], at=at
    )
    text = _("Called: %(what)s. Everybody at the desk sees it.") % {"what": HelpKind(given["kind"]).label}
    return trigger(done(request, text, at=at), "live:help")


@require_POST
@page(Permission.DESK_USE)
def help_answer(request: HttpRequest, help_id: UUID) -> HttpResponse:
    """Say: I am coming."""
    at, call = now(), queries.help_call(request.clinic, help_id)
    services.answer_help(by=request.user, call=call, at=at)
    return trigger(done(request, _("The chair sees that you are coming."), at=at), "live:help")


@require_POST
@page(Permission.DESK_USE)
def help_end(request: HttpRequest, help_id: UUID) -> HttpResponse:
    """Take a call back, or say that it is over."""
    at, call = now(), queries.help_call(request.clinic, help_id)
    services.end_help(by=request.user, call=call, at=at)
    return trigger(done(request, _("The call is over."), at=at), "live:help")

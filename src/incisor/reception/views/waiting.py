"""What is done with somebody who waits: call again, put aside, take back, send to another dentist, tell and offer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.enums import WaitWord
from incisor.reception.forms import RedirectForm, ToldForm
from incisor.reception.views.answers import done, undo_url_of
from incisor.visits import queries as visits


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def call_again(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Call once more who has not come."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    step = services.call_again(by=request.user, visit=visit, at=at)
    text = _("Called again: number %(number)s, %(patient)s.") % {
        "number": visit.queue_number,
        "patient": shown_name(visit.patient),
    }
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def park(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Put aside who was called and is not there."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    step = services.park(by=request.user, visit=visit, at=at)
    text = _("%(patient)s is not there; others are called meanwhile.") % {"patient": shown_name(visit.patient)}
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def return_to_queue(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Take back into the queue who was not there and is now."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    step = services.return_to_queue(by=request.user, visit=visit, at=at)
    text = _("%(patient)s is back in the queue.") % {"patient": shown_name(visit.patient)}
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def redirect_patient(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Send somebody who waits to another dentist, or to whoever is free first."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = RedirectForm(request.POST, clinic=request.clinic)
    if not form.is_valid():
        raise Refused(_("Choose a dentist of this clinic."), code="not_understood")
    dentist = form.chosen()
    step = services.redirect_patient(
        by=request.user, visit=visit, dentist=dentist, reason=form.cleaned_data["reason"], at=at
    )
    text = _("%(patient)s now waits for %(dentist)s.") % {
        "patient": shown_name(visit.patient),
        "dentist": dentist.name if dentist else _("whoever is free"),
    }
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def tell(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Note that the wait was explained or something was offered."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = ToldForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say what was done: told, offered or noted."), code="not_understood")
    told = services.tell_waiting(by=request.user, visit=visit, at=at, **form.cleaned_data)
    text = {
        WaitWord.TOLD: _("%(patient)s was told."),
        WaitWord.OFFERED: _("%(patient)s was offered something."),
        WaitWord.NOTED: _("Noted for %(patient)s."),
    }[WaitWord(told.word)] % {"patient": shown_name(visit.patient)}
    return done(request, text, at=at, undo_url=reverse("reception:untell", args=[told.pk]))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def untell(request: HttpRequest, told_id: UUID) -> HttpResponse:
    """Take back that something was said."""
    at = now()
    told = queries.wait_told(request.clinic, told_id)
    services.untell_waiting(by=request.user, told=told, at=at)
    return done(request, _("Undone."), at=at)

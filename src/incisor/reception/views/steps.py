"""One step each: call, seat, end, close, undo."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics import queries as clinics
from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair
from incisor.kernel.clock import now
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import trigger, wants_fragment
from incisor.kernel.views import refused
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.forms import ReasonForm
from incisor.reception.views.answers import done, undo_url_of
from incisor.staff import queries as staff
from incisor.visits import queries as visits
from incisor.visits.models import Visit, VisitStep


def _say(text: str, visit: Visit) -> str:
    return text % {
        "patient": shown_name(visit.patient),
        "number": visit.queue_number,
        "chair": visit.chair.name if visit.chair else "",
        "dentist": visit.dentist.name if visit.dentist else "",
    }


def _called(visit: Visit) -> str:
    chair = queries.proposed_chair(visit.clinic, visit)
    where = chair.name if chair else _("the desk")
    return _("Called: number %(number)s, %(patient)s → %(where)s.") % {
        "number": visit.queue_number,
        "patient": shown_name(visit.patient),
        "where": where,
    }


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def call_next(request: HttpRequest) -> HttpResponse:
    """Call whoever is next: of everybody at the desk, of the own patients for a dentist."""
    at = now()
    dentist = queries.staff_of(request.clinic, request.user)
    step = services.call_next(by=request.user, clinic=request.clinic, dentist=dentist, at=at)
    return done(request, _called(step.visit), at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def call(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Call one patient; who was called already is called again."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    step = services.call_patient(by=request.user, visit=visit, at=at)
    return done(request, _called(visit), at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def call_back(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Let a called patient wait on."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    step = services.call_back(by=request.user, visit=visit, at=at)
    return done(request, _say(_("%(patient)s waits on."), visit), at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def seat(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Lead a patient to a chair: the treatment begins. Without a free chair the panel opens to choose."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    chosen: dict[str, Any] = {}
    if request.POST.get("chair"):
        chosen["chair"] = clinics.chair(request.clinic, _key(request.POST["chair"]))
    if request.POST.get("dentist"):
        chosen["dentist"] = staff.dentist(request.clinic, _key(request.POST["dentist"]))
    is_clean = request.POST.get("clean") == "1"
    try:
        step = services.seat_patient(by=request.user, visit=visit, chair_is_clean=is_clean, at=at, **chosen)
    except (services.ChairNotFree, services.NoChairFree) as refusal:
        if not wants_fragment(request) or request.headers.get("HX-Target") == "panel-body":
            raise
        panel = {"url": reverse("reception:visit", args=[visit.pk])}
        return trigger(refused(request, refusal), "panel-open", panel)
    text = _say(_("%(patient)s sits in %(chair)s."), step.visit)
    return done(request, text, at=at, undo_url=undo_url_of(step))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def end(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """End a treatment: on to the desk."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    step = services.end_treatment(by=request.user, visit=visit, at=at)
    return done(
        request, _say(_("%(patient)s: treatment ended, on to the desk."), visit), at=at, undo_url=undo_url_of(step)
    )


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.MONEY_TAKE,))
def close(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Close a visit; with something left to pay, with a reason."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        step = services.close_visit(by=request.user, visit=visit, reason=reason, at=at)
    except services.ReasonNeeded as refusal:
        return _ask_for_reason(request, visit, refusal)
    return done(request, _say(_("%(patient)s: visit closed."), visit), at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK)
def leave(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Record that a waiting patient went away, and why."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        step = services.patient_left(by=request.user, visit=visit, reason=reason, at=at)
    except services.ReasonNeeded as refusal:
        return _ask_for_reason(request, visit, refusal)
    return done(request, _say(_("%(patient)s has left."), visit), at=at, undo_url=undo_url_of(step))


def _ask_for_reason(request: HttpRequest, visit: Visit, refusal: Refused) -> HttpResponse:
    """Refuse, and open the panel in which the reason can be typed."""
    response = refused(request, refusal)
    if wants_fragment(request) and request.headers.get("HX-Target") != "panel-body":
        trigger(response, "panel-open", {"url": reverse("reception:visit", args=[visit.pk])})
    return response


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK, Permission.MONEY_TAKE))
def undo(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """Take back the last step of a visit."""
    at = now()
    step: VisitStep = visits.step_of(request.clinic, step_id)
    visit = services.undo_step(by=request.user, clinic=request.clinic, step=step, at=at)
    return done(request, _say(_("Undone: %(patient)s is where they were."), visit), at=at)


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def chair_state(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """Set a chair free, to be cleaned, or out of order."""
    at = now()
    chair = clinics.chair(request.clinic, chair_id)
    wanted = request.POST.get("state", "")
    if wanted not in ChairState.values:
        raise Refused(_("A chair has no such state."), code="no_such_state")
    try:
        services.set_chair_state(by=request.user, chair=chair, state=wanted, at=at)
    except services.ChairInUse as refusal:
        if not wants_fragment(request):
            raise
        return trigger(refused(request, refusal), "panel-open", _failing(chair))
    response = done(request, f"{chair.name}: {ChairState(wanted).label}", at=at)
    may_see = may(request.user, Permission.APPOINTMENT_SEE, request.clinic.pk)
    if wanted == ChairState.OUT_OF_ORDER and may_see and queries.booked_on_broken(request.clinic, chair, at):
        return trigger(response, "panel-open", _failing(chair))
    return response


def _failing(chair: Chair) -> dict[str, str]:
    return {"url": reverse("reception:failing-chair", args=[chair.pk])}

"""The dentist's and the assistant's own page, and what they say from there: stage, end, note, next visit, sheets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics import queries as clinics
from incisor.clinics.enums import AftercareKey
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render, trigger, wants_fragment
from incisor.kernel.views import refused
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.forms.chairside import ChairSheetForm, StageForm
from incisor.reception.views.answers import done, undo_url_of
from incisor.reception.views.board import chairside_context
from incisor.visits import queries as visits
from incisor.visits import services as visits_services
from incisor.visits.enums import VisitStage
from incisor.visits.models import Visit

CHAIR_OR_DESK = (Permission.RECEPTION_WORK,)
ENDS_IN = (5, 10, 15, 30)


@require_GET
@page(Permission.CHAIR_WORK)
def chairside(request: HttpRequest) -> HttpResponse:
    """Show the dentist's own day: who has come, who sits and how far, whose note is open."""
    return render(request, "reception/chairside.html", chairside_context(request, now()), partial="day")


@require_POST
@page(Permission.CHAIR_WORK, or_else=CHAIR_OR_DESK)
def stage(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Say how far the treatment is, or when it ends."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = StageForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a stage from the list."), code="not_understood")
    if form.cleaned_data["stage"]:
        try:
            step = services.set_stage(by=request.user, visit=visit, stage=form.cleaned_data["stage"], at=at)
        except visits_services.NotReadyForTreatment as refusal:
            # what is missing is signed there, or overruled by a dentist
            response = refused(request, refusal)
            opens = wants_fragment(request)
            return trigger(response, "panel-open", {"url": refusal.details["url"]}) if opens else response
        text = _("%(patient)s: %(stage)s.") % {"patient": shown_name(visit.patient), "stage": visit.get_stage_display()}
    else:
        minutes = form.cleaned_data["minutes"]
        step = services.set_expected_end(by=request.user, visit=visit, minutes=minutes, at=at)
        text = _("%(patient)s: done in about %(minutes)s minutes.") % {
            "patient": shown_name(visit.patient),
            "minutes": minutes,
        }
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def record_ready(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Say that the record lies ready at the chair, or not; the undo asks by its address for what stood there before."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    is_ready = request.POST.get("ready", request.GET.get("ready")) != "0"
    services.set_record_ready(by=request.user, visit=visit, is_ready=is_ready, at=at)
    text = _("%(patient)s: the record is ready.") if is_ready else _("%(patient)s: the record is not ready.")
    back = f"{request.path}?ready={0 if is_ready else 1}"
    return done(request, text % {"patient": shown_name(visit.patient)}, at=at, undo_url=back)


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def other_chair(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Lead a patient who sits to another chair; the old one is broken or to be cleaned."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    wanted = as_uuid(request.POST.get("chair", ""))
    if wanted is None:
        raise Refused(_("Choose a chair."), code="not_understood")
    chair = clinics.chair(request.clinic, wanted)
    is_broken = request.POST.get("broken") == "1"
    step = services.change_chair(by=request.user, visit=visit, chair=chair, is_broken=is_broken, at=at)
    text = _("%(patient)s sits in %(chair)s now.") % {"patient": shown_name(visit.patient), "chair": chair.name}
    return done(request, text, at=at, undo_url=undo_url_of(step))


@require_http_methods(["GET", "POST"])
@page(Permission.CHAIR_WORK, or_else=CHAIR_OR_DESK)
def chair_sheet(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Say what is wanted next, which sheets the patient takes home, and a word to the desk: one panel, one button."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    if request.method == "POST":
        form = ChairSheetForm(request.POST)
        if form.is_valid():
            try:
                _save(request, visit, form, at)
            except Refused as refusal:
                if refusal.status in {403, 404}:
                    raise
                form.add_error(None, str(refusal))
            else:
                return done(request, _("Saved; the desk sees it."), at=at)
        return _sheet_page(request, visit, form, at, status=422)
    return _sheet_page(request, visit, ChairSheetForm(initial=_as_said(visit)), at)


def _as_said(visit: Visit) -> dict[str, Any]:
    wanted = visits.next_visit_wanted(visit)
    rows = queries.sheets_of_visits([visit])[visit.pk]
    own = next((row.words for key, row in rows if row is not None and row.words), "")
    days = wanted.after_days
    unit = next((size for size in (30, 7) if days and days % size == 0), 1)
    return {
        "next": "none" if wanted.is_none else str(wanted.procedure.pk) if wanted.procedure else "",
        "count": days // unit if days else None,
        "unit": str(unit),
        "next_note": wanted.note,
        "sheets": [key for key, _row in rows],
        "own_words": own,
        "desk_note": visit.desk_note,
        "seen": visit.desk_note,
    }


def _save(request: HttpRequest, visit: Visit, form: ChairSheetForm, at: datetime) -> None:
    given, user = form.cleaned_data, request.user
    was = _as_said(visit)
    said = {name: given[name] or None for name in ("next", "count", "next_note")}
    before = {name: was[name] or None for name in ("next", "count", "next_note")}
    if said != before or (given["count"] and given["unit"] != was["unit"]):
        visits_services.want_next_visit(by=user, visit=visit, at=at, **form.wanted())
    if set(given["sheets"]) != set(was["sheets"]) - {"own"} or given["own_words"].strip() != was["own_words"]:
        services.choose_sheets(by=user, visit=visit, keys=given["sheets"], own_words=given["own_words"], at=at)
    if given["desk_note"].strip() != given["seen"]:
        services.tell_desk(by=user, visit=visit, note=given["desk_note"], seen=given["seen"], at=at)


def _sheet_page(
    request: HttpRequest, visit: Visit, form: ChairSheetForm, at: datetime, *, status: int = 200
) -> HttpResponse:
    context = {
        "visit": visit,
        "patient": visit.patient,
        "form": form,
        "stages": VisitStage,
        "ends_in": ENDS_IN,
        "sheet_kinds": AftercareKey,
        "chosen": form["sheets"].value() or [],
    }
    return render(request, "reception/chair_sheet.html", context, partial="panel", status=status)

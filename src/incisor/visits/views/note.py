"""The note page: written, signed, added to, printed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, wants_fragment
from incisor.visits import queries, services
from incisor.visits.enums import ToothState
from incisor.visits.forms import AddendumForm, NoteForm
from incisor.visits.models import Visit, VisitNote
from incisor.visits.rules.teeth import dentition_at
from incisor.visits.views.chart import chart

TEXTS = ("complaint", "findings", "diagnosis", "treatment", "advice")


def chart_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return what the chart shows: today's findings, earlier ones faintly."""
    born = visit.patient.born_on
    age = (visit.business_date - born).days // 365 if born else None
    asked = request.POST.get("dentition") or request.GET.get("dentition") or ""
    dentition = asked if asked in {"adult", "milk", "mixed"} else dentition_at(age)
    findings = queries.findings_of(visit)
    return {
        "visit": visit,
        "chart": chart(
            dentition, findings, queries.teeth_before(visit.clinic, visit.patient_id, before=visit.arrived_at)
        ),
        "findings": findings,
        "states": ToothState.choices,
        "surfaces": "MODBL",
    }


def treatments_context(visit: Visit) -> dict[str, Any]:
    """Return what the list of procedures done shows."""
    return {"visit": visit, "treatments": queries.treatments_of(visit)}


def proposals_of(visit: Visit, text: str = "") -> list[Any]:
    """Return procedures to choose from: what was booked first."""
    booked = queries.booked_procedures(visit.appointment) if visit.appointment else []
    return queries.find_procedures(text, prefer=[procedure.pk for procedure in booked])


def _page_context(request: HttpRequest, visit: Visit, note: VisitNote | None, form: NoteForm) -> dict[str, Any]:
    codes = [done.procedure.code for done in queries.treatments_of(visit)]
    booked = queries.booked_procedures(visit.appointment) if visit.appointment else []
    situations = queries.phrases_for([*codes, *(procedure.code for procedure in booked)])
    first = situations[0]
    writes = may(request.user, Permission.NOTE_WRITE, visit.clinic_id)
    is_signed = note is not None and note.signed_at is not None
    return {
        "visit": visit,
        "patient": visit.patient,
        "note": note,
        "form": form,
        "version": note.version if note else 0,
        "codes": queries.diagnosis_labels(note.diagnosis_codes if note else []),
        "addenda": queries.addenda_of(note) if is_signed and note else [],
        "is_whole": queries.note_is_whole(visit, note) if is_signed and note else True,
        "is_signed": is_signed,
        "may_write": writes and not is_signed and visit.status != "withdrawn",
        "may_add": writes and is_signed,
        "situations": situations,
        "situation": first,
        "diagnoses": queries.find_diagnoses("", prefer=first.diagnoses),
        "proposals": proposals_of(visit),
        "addendum_form": AddendumForm(),
        "next_label": queries.procedure_name(note.next_procedure) if note and note.next_procedure else "",
        **chart_context(request, visit),
        **treatments_context(visit),
    }


@require_http_methods(["GET", "POST"])
@page(Permission.NOTE_SEE)
def note(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the note; on POST save the draft, or sign it."""
    at, visit = clock.now(), queries.visit(request.clinic, visit_id)
    known = queries.note_of(visit)
    if request.method == "POST":
        return _save(request, visit, known, at)
    services.look_at_note(by=request.user, visit=visit, at=at)
    form = NoteForm(note=known, name=queries.procedure_name, first_complaint=visit.complaint)
    return render(request, "visits/note.html", _page_context(request, visit, known, form))


def _save(request: HttpRequest, visit: Visit, known: VisitNote | None, at: Any) -> HttpResponse:
    form = NoteForm(request.POST, note=known, name=queries.procedure_name)
    version = _version(request.POST.get("seen_version") or request.POST.get("version", "0"))
    signing = request.POST.get("action") == "sign"
    if not form.is_valid():
        return _state(request, visit, known, form, status=422, problems=form.errors)
    values = form.values(request.POST.getlist("diagnosis_codes"))
    try:
        saved = services.save_note(by=request.user, visit=visit, version=version, values=values, at=at)
    except services.NoteChanged as refusal:
        return _conflict(request, visit, form, values, refusal)
    if not signing:
        return _state(request, visit, saved, form)
    try:
        services.sign_note(by=request.user, visit=visit, version=saved.version, at=at)
    except services.NoteIncomplete as refusal:
        return _state(request, visit, saved, form, status=422, refusal=refusal)
    messages.success(request, _("Signed and locked."))
    return redirect(request, reverse("visits:note", args=[visit.pk]))


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _state(
    request: HttpRequest, visit: Visit, known: VisitNote | None, form: NoteForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer a save: the small line below the form, or the whole page without JavaScript."""
    version = known.version if known else 0
    if wants_fragment(request):
        return render_page(
            request,
            "visits/_note_state.html",
            {"visit": visit, "note": known, "version": version, **more},
            status=status,
        )
    if status == 200:
        messages.success(request, _("Draft saved."))
        return redirect(request, reverse("visits:note", args=[visit.pk]))
    context = {**_page_context(request, visit, known, form), **more}
    return render(request, "visits/note.html", context, status=status)


def _conflict(
    request: HttpRequest, visit: Visit, form: NoteForm, values: dict[str, Any], refusal: Refused
) -> HttpResponse:
    """Show what the other one wrote beside what was typed here; nothing typed is lost."""
    theirs = queries.note_of(visit)
    differs = [
        {"label": form.fields[name].label, "theirs": getattr(theirs, name)}
        for name in TEXTS
        if theirs is not None and getattr(theirs, name) != values[name]
    ]
    # the page keeps the version that it knew: only the button “keep my text” says that the other was read
    mine = _version(request.POST.get("version", "0"))
    context = {"visit": visit, "theirs": theirs, "differs": differs, "refusal": refusal, "version": mine, "note": None}
    if wants_fragment(request):
        return render_page(request, "visits/_note_state.html", context, status=422)
    return render(request, "visits/note.html", {**_page_context(request, visit, theirs, form), **context}, status=422)


@require_POST
@page(Permission.NOTE_WRITE)
def addendum(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Add to a signed note."""
    visit = queries.visit(request.clinic, visit_id)
    form = AddendumForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        services.add_addendum(by=request.user, visit=visit, text=text, at=clock.now())
    except services.NoteIncomplete as refusal:
        form.add_error("text", str(refusal))
        known = queries.note_of(visit)
        empty = NoteForm(note=known, name=queries.procedure_name)
        context = {**_page_context(request, visit, known, empty), "addendum_form": form}
        return render(request, "visits/note.html", context, status=422)
    messages.success(request, _("Added."))
    return redirect(request, reverse("visits:note", args=[visit.pk]))


@require_GET
@page(Permission.NOTE_SEE)
def note_print(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the note on one sheet for printing."""
    visit = queries.visit(request.clinic, visit_id)
    known = queries.note_of(visit)
    services.look_at_note(by=request.user, visit=visit, at=clock.now())
    form = NoteForm(note=known, name=queries.procedure_name)
    return render(request, "visits/note_print.html", _page_context(request, visit, known, form))


@require_GET
@page(Permission.NOTE_WRITE)
def phrases(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Return the ready sentences of the chosen situation."""
    queries.visit(request.clinic, visit_id)
    situations = queries.phrases_for()
    wanted = request.GET.get("situation", "")
    chosen = next((situation for situation in situations if situation.key == wanted), situations[0])
    return render_page(request, "visits/_phrases.html", {"situation": chosen, "is_swap": True})


@require_GET
@page(Permission.NOTE_WRITE)
def diagnoses(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Return diagnoses by code, words or initials."""
    queries.visit(request.clinic, visit_id)
    found = queries.find_diagnoses(request.GET.get("q", "")[:40])
    return render_page(request, "visits/_diagnoses.html", {"diagnoses": found})


def told(response: HttpResponse, refusal: Refused) -> HttpResponse:
    """Say in a toast why something was refused."""
    return toast(response, refusal.message, "danger")

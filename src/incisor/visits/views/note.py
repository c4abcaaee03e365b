"""The note page: written, signed, added to."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page, require
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, wants_fragment
from incisor.visits import queries, services
from incisor.visits.enums import VisitStatus
from incisor.visits.forms import AddendumForm, NoteForm
from incisor.visits.models import Visit, VisitNote
from incisor.visits.rules.merging import print_of
from incisor.visits.views.beside import (
    attachments_context,
    chart_context,
    drugs_context,
    health_context,
    proposals_of,
    treatments_context,
)
from incisor.visits.views.reading import reading_page

TEXTS = ("complaint", "findings", "diagnosis", "treatment", "advice")
# what of a note can be changed, with its name for people
FIELD_ORDER: dict[str, Any] = {
    "complaint": gettext_lazy("Complaint"),
    "findings": gettext_lazy("Findings"),
    "diagnosis": gettext_lazy("Diagnosis"),
    "diagnosis_codes": gettext_lazy("Diagnosis by list (ICD-10)"),
    "treatment": gettext_lazy("Treatment"),
    "advice": gettext_lazy("Advice"),
    "next_procedure": gettext_lazy("Next visit for"),
    "next_after_days": gettext_lazy("Next visit wanted"),
    "next_note": gettext_lazy("Word to the desk about it"),
}


def _page_context(request: HttpRequest, visit: Visit, note: VisitNote | None, form: NoteForm) -> dict[str, Any]:
    codes = [done.procedure.code for done in queries.treatments_of(visit)]
    booked = queries.booked_procedures(visit.appointment) if visit.appointment else []
    situations = queries.phrases_for(visit.clinic, [*codes, *(procedure.code for procedure in booked)])
    first = situations[0] if situations else None
    return {
        "form": form,
        "note": note,
        "version": note.version if note else 0,
        "seen": _prints(visit, note),
        "codes": queries.diagnosis_labels(note.diagnosis_codes if note else []),
        "may_write": True,
        "situations": situations,
        "situation": first,
        "diagnoses": queries.find_diagnoses("", prefer=first.diagnoses if first else ()),
        "proposals": proposals_of(visit),
        **chart_context(request, visit),
        **treatments_context(visit),
        **drugs_context(visit),
        **attachments_context(request, visit),
        **health_context(request, visit),
    }


def _prints(visit: Visit, note: VisitNote | None) -> str:
    """Return the prints of what the page shows, for putting together what two people change at once."""
    shown = queries.plain_values(note)
    if note is None:
        shown["complaint"] = visit.complaint
    return json.dumps({name: print_of(value) for name, value in shown.items()}, sort_keys=True)


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_SEE)
def note(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the record: to write in for who may and while it is open, else to read; on POST save the draft, or sign it."""
    at, visit = clock.now(), queries.visit(request.clinic, visit_id)
    queries.require_fields(request.clinic, request.user)
    writes = may(request.user, Permission.NOTE_WRITE, visit.clinic_id)
    if request.method == "POST":
        require(request.user, Permission.NOTE_WRITE, visit.clinic_id)
        return _save(request, visit, at)
    services.look_at_note(by=request.user, visit=visit, at=at)
    known = queries.note_of(visit) if writes else None
    if not writes or visit.status == VisitStatus.WITHDRAWN or (known and known.signed_at):
        return reading_page(request, visit)
    form = NoteForm(note=known, name=queries.procedure_name, first_complaint=visit.complaint)
    return render(request, "visits/note.html", _page_context(request, visit, known, form))


def _save(request: HttpRequest, visit: Visit, at: Any) -> HttpResponse:
    known = queries.note_of(visit)
    form = NoteForm(request.POST, note=known, name=queries.procedure_name)
    asked = request.POST.get("seen_version", "")
    version = _version(asked or request.POST.get("version", "0"))
    # the button “keep my text” names the version that was read: then it is written over, as it was asked
    seen = None if asked else _seen(request)
    signing = request.POST.get("action") == "sign"
    if not form.is_valid():
        return _state(request, visit, known, form, status=422, problems=form.errors)
    values = form.values(request.POST.getlist("diagnosis_codes"))
    try:
        saved = services.save_note(by=request.user, visit=visit, version=version, values=values, seen=seen, at=at)
    except services.NoteChanged as refusal:
        return _conflict(request, visit, form, values, refusal)
    except services.NoteIsSigned as refusal:
        return _signed_meanwhile(request, visit, form, values, refusal)
    theirs = _differing(form, saved, values)
    if theirs and signing:
        unread = _("Somebody else wrote in this note meanwhile. Read it, then sign.")
        return _state(request, visit, saved, form, status=422, refusal=unread, differs=theirs, seen=_given(values))
    if not signing:
        return _state(request, visit, saved, form, differs=theirs, seen=_given(values))
    try:
        services.sign_note(by=request.user, visit=visit, version=saved.version, at=at)
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        return _state(request, visit, saved, form, status=422, refusal=refusal, seen=_given(values))
    messages.success(request, _("Signed and locked."))
    return redirect(request, reverse("visits:note", args=[visit.pk]))


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _seen(request: HttpRequest) -> dict[str, str] | None:
    """Return the prints that the page carries, None when it carries none that can be read."""
    try:
        found = json.loads(request.POST.get("seen", ""))
    except ValueError:
        return None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    chosen = values["next_procedure"]
    return {**values, "next_procedure": str(chosen.pk) if chosen else ""}


def _given(values: dict[str, Any]) -> str:
    """Return the prints of what the page holds now."""
    return json.dumps({name: print_of(value) for name, value in _plain(values).items()}, sort_keys=True)


def _differing(form: NoteForm, theirs: VisitNote | None, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields in which the note is not what was typed: heading, both texts, and who changed it last, when."""
    if theirs is None:
        return []
    plain, mine, found = queries.plain_values(theirs), _plain(values), []
    for name in sorted(mine, key=list(FIELD_ORDER).index):
        if plain[name] != mine[name]:
            mark = theirs.touched.get(name, {})
            when = datetime.fromisoformat(mark["at"]) if mark else theirs.updated_at
            told = {"label": FIELD_ORDER[name], "who": mark.get("by") or theirs.written_by.name, "at": when}
            if name in TEXTS or name == "next_note":
                told |= {"theirs": plain[name], "mine": mine[name]}
            found.append(told)
    return found


def _state(
    request: HttpRequest, visit: Visit, known: VisitNote | None, form: NoteForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer a save: the small line below the form, or the whole page without JavaScript."""
    state = {"visit": visit, "note": known, "version": known.version if known else 0, **more}
    state.setdefault("seen", request.POST.get("seen") or _prints(visit, known))
    if wants_fragment(request):
        return render_page(request, "visits/_note_state.html", state, status=status)
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
    # the page keeps the version that it knew: only the button “keep my text” says that the other was read
    mine = _version(request.POST.get("version", "0"))
    context = {
        "visit": visit,
        "theirs": theirs,
        "differs": _differing(form, theirs, values),
        "refusal": refusal,
        "version": mine,
        "seen": request.POST.get("seen", ""),
        "note": None,
    }
    if wants_fragment(request):
        return render_page(request, "visits/_note_state.html", context, status=422)
    return render(request, "visits/note.html", {**_page_context(request, visit, theirs, form), **context}, status=422)


def _signed_meanwhile(
    request: HttpRequest, visit: Visit, form: NoteForm, values: dict[str, Any], refusal: Refused
) -> HttpResponse:
    """Say who signed while this was being typed; what differs is kept, ready to become an addendum."""
    known = queries.note_of(visit)
    differs = _differing(form, known, values)
    late = "\n".join(f"{one['label']}: {one['mine']}" for one in differs if one.get("mine"))
    if wants_fragment(request):
        context = {"visit": visit, "signed": known, "refusal": refusal, "late": late, "differs": differs, "version": 0}
        return render_page(request, "visits/_note_state.html", context, status=422)
    form_again = AddendumForm({"text": late} if late else None)
    return reading_page(request, visit, addendum_form=form_again, problem=str(refusal), status=422)


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
        return reading_page(request, visit, addendum_form=form, status=422)
    messages.success(request, _("Added."))
    return redirect(request, reverse("visits:note", args=[visit.pk]))


@require_GET
@page(Permission.NOTE_WRITE)
def phrases(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Return the ready sentences of the chosen situation."""
    visit = queries.visit(request.clinic, visit_id)
    situations = queries.phrases_for(visit.clinic)
    wanted = request.GET.get("situation", "")
    chosen = next(
        (situation for situation in situations if situation.key == wanted), situations[0] if situations else None
    )
    return render_page(request, "visits/_phrases.html", {"situation": chosen, "is_swap": True})


@require_GET
@page(Permission.NOTE_WRITE)
def diagnoses(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Return diagnoses by code, words or initials."""
    queries.visit(request.clinic, visit_id)
    found = queries.find_diagnoses(request.GET.get("q", "")[:40])
    return render_page(request, "visits/_diagnoses.html", {"diagnoses": found})

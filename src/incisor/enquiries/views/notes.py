"""The phone log: what is left to do, what was settled, the note of one line."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.enquiries import queries, services
from incisor.enquiries.forms import HandOnForm, NoteForm, SettleForm
from incisor.enquiries.models import CallNote
from incisor.enquiries.rules import ParsedNote, parsed_note
from incisor.kernel import live
from incisor.kernel.clock import local, now
from incisor.kernel.editing import refuse
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.patients import queries as patients

KEPT = timedelta(days=7)
SOON = timedelta(hours=1)
VIEWS = ("mine", "all", "calls", "missed", "settled")


@require_GET
@page(Permission.DESK_USE)
def call_log(request: HttpRequest) -> HttpResponse:
    """Show what is left to do, the calls, or what was settled in the last seven days."""
    return render(request, "enquiries/calls.html", _log(request), partial="log")


def _log(request: HttpRequest) -> dict[str, Any]:
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    counts = queries.note_counts(clinic, user=request.user, at=at)  # type: ignore[arg-type]
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ("mine" if counts["mine"] else "all")
    since = at - KEPT
    context: dict[str, Any] = {"view": view, "counts": counts, "at": at, "version": live.version(clinic.pk, "tasks")}
    if view in ("mine", "all"):
        context["notes"] = queries.open_notes(clinic, mine=request.user if view == "mine" else None)  # type: ignore[arg-type]
    elif view == "settled":
        context["notes"] = queries.settled_notes(clinic, since=since)
    else:
        context["calls"] = queries.recent_calls(clinic, since=since, missed_only=view == "missed")
    return context


@require_http_methods(["GET", "POST"])
@page(Permission.DESK_USE)
def new(request: HttpRequest) -> HttpResponse:
    """Write a note: text, then @ who by when. The call on the line and its patient go with it."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    current = queries.current_call(clinic, request.user)  # type: ignore[arg-type]
    patient = current.patient if current else None
    on_screen = request.GET.get("patient") or (
        _file_on_screen(request) if request.method == "GET" and not current else ""
    )
    if on_screen:
        patient = patients.patient(clinic, on_screen)
    people = queries.colleagues(clinic)
    form = NoteForm(request.POST or None, initial={"note_id": uuid7(), "number": current.number if current else ""})
    context = {"form": form, "call": current, "patient": patient, "people": people}
    if request.method == "GET":
        return render(request, "enquiries/note_new.html", context, partial="panel")
    said = _parsed(form, people, clinic.zone, at)
    if said is None:
        return render(request, "enquiries/note_new.html", context, partial="panel", status=422)
    try:
        note = services.write_note(
            by=request.user, clinic=clinic, text=said.text, matter=form.cleaned_data["matter"], call=current,  # type: ignore[arg-type]
            patient=patient, caller_name=form.cleaned_data["caller_name"], number=form.cleaned_data["number"],
            owner=_person(people, said), due_at=said.due, note_id=form.cleaned_data["note_id"], at=at,
        )  # fmt: skip
    except services.NoteRefused as refusal:
        refuse(form, refusal)
        return render(request, "enquiries/note_new.html", context, partial="panel", status=422)
    return _done(request, _written(note, clinic.zone), undo_url=reverse("enquiries:note-undo", args=[note.pk]))


def _file_on_screen(request: HttpRequest) -> str:
    """Return the id of the patient whose page is open, empty on any other page: a note made there is about that person."""
    try:
        page = resolve(urlsplit(request.headers.get("HX-Current-URL", "")).path)
    except Resolver404:
        return ""
    return str(page.kwargs["patient_id"]) if page.view_name == "patients:patient" else ""


def _parsed(form: Any, people: Any, zone: str, at: datetime) -> ParsedNote | None:
    """Return what the line says; None, with the error at the field, when a word behind the @ means nothing."""
    if not form.is_valid():
        return None
    said = parsed_note(form.cleaned_data["line"], [person for _user, person in people], now=local(at, zone))
    if said.unknown:
        words = _("Neither a person nor a time: %(words)s. Write for example @fang tomorrow 10:00.")
        form.add_error("line", words % {"words": " ".join(said.unknown)})
        return None
    return said


def _person(people: Any, said: ParsedNote) -> Any:
    return next((user for user, _person in people if user.pk == said.owner), None)


def _written(note: CallNote, zone: str) -> str:
    if note.due_at is None:
        return _("Written down.")
    when = f"{local(note.due_at, zone):%m-%d %H:%M}"
    return _("Written down: %(name)s, by %(when)s.") % {"name": note.owner.name, "when": when}


def _done(request: HttpRequest, text: str, *, undo_url: str | None = None) -> HttpResponse:
    """Close the panel, let the list load again, and say it."""
    if not wants_fragment(request):
        return redirect(request, reverse("enquiries:calls"))
    response = trigger(trigger(HttpResponse(status=204), "live:tasks"), "panel-close")
    return toast(response, text, undo_url=undo_url)


@require_GET
@page(Permission.DESK_USE)
def note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Show one note with all that happened to it."""
    found = queries.note(request.clinic, note_id)  # type: ignore[attr-defined]
    return _note(request, found)


def _note(request: HttpRequest, found: CallNote, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "note": found,
        "steps": found.steps.select_related("by", "to").order_by("at", "pk"),
        "settle": forms.get("settle") or SettleForm(initial={"version": found.version}),
        "hand_on": forms.get("hand_on") or HandOnForm(initial={"version": found.version}),
        "people": queries.colleagues(request.clinic),  # type: ignore[attr-defined]
    }
    return render(request, "enquiries/note.html", context, partial="panel", status=status)


@require_POST
@page(Permission.DESK_USE)
def settle(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """The matter is settled."""
    found = queries.note(request.clinic, note_id)  # type: ignore[attr-defined]
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _note(request, found, settle=form, status=422)
    services.settle_note(by=request.user, note=found, at=now(), **form.cleaned_data)  # type: ignore[arg-type]
    return _done(request, _("Settled."), undo_url=reverse("enquiries:note-reopen", args=[found.pk]))


@require_POST
@page(Permission.DESK_USE)
def hand_on(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Give the note to somebody else."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    found = queries.note(clinic, note_id)
    people = queries.colleagues(clinic)
    form = HandOnForm(request.POST)
    said = _parsed(form, people, clinic.zone, at)
    owner = _person(people, said) if said else None
    if said and owner is None:
        form.add_error("line", _("Say who is to do it: @ and a name."))
    if said is None or owner is None:
        return _note(request, found, hand_on=form, status=422)
    services.hand_on(
        by=request.user, note=found, version=form.cleaned_data["version"], owner=owner,  # type: ignore[arg-type]
        due_at=said.due or at + SOON, text=said.text, at=at,
    )  # fmt: skip
    return _done(request, _("Handed on to %(name)s.") % {"name": owner.name})


@require_POST
@page(Permission.DESK_USE)
def reopen(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Take back that the matter is settled."""
    at = now()
    found = queries.note(request.clinic, note_id)  # type: ignore[attr-defined]
    services.reopen_note(by=request.user, note=found, due_at=at + SOON, at=at)  # type: ignore[arg-type]
    return _done(request, _("Open again."))


@require_POST
@page(Permission.DESK_USE)
def undo(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Take back a note just written."""
    found = queries.note(request.clinic, note_id)  # type: ignore[attr-defined]
    services.undo_note(by=request.user, note=found, at=now())  # type: ignore[arg-type]
    return _done(request, _("The note is taken back."))


@require_GET
@page(Permission.DESK_USE)
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what a patient called about: a part of the patient's page."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = patients.patient(clinic, patient_id)
    context = {"patient": patient, "notes": queries.notes_of_patient(clinic, patient)}
    return render(request, "enquiries/patient_calls.html", context, partial="panel")

"""Settings of records: who reads which part, and the ready text for notes."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_part
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.editing import refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, wants_fragment
from incisor.visits import queries, services
from incisor.visits.enums import RecordField
from incisor.visits.forms import FieldsForm, TemplateForm

READING, TEMPLATES = "visits:record-fields", "visits:note-templates"


@require_GET
@page(Permission.RECORD_FIELDS)
def record_fields(request: HttpRequest) -> HttpResponse:
    """Show which parts of a record each role reads in this clinic."""
    context = {"roles": queries.reading_table(request.clinic), "fields": RecordField.choices}
    return render(request, "visits/record_fields.html", context)


@require_POST
@page(Permission.RECORD_FIELDS)
def role_fields(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """Decide what a role reads; the message offers Undo."""
    before = queries.role_reading(request.clinic, role_id)
    form = FieldsForm(request.POST)
    if not form.is_valid():
        return toast(_row(request, role_id, status=422), _("This was not understood. Reload the page."), "danger")
    try:
        made = services.choose_fields(
            by=request.user, clinic=request.clinic, role=before.role, fields=form.cleaned_data["fields_read"],
            version=form.cleaned_data["version"], at=clock.now(),
        )  # fmt: skip
    except (services.ReadingChanged, services.ReadsAlways) as refusal:
        if not wants_fragment(request):
            raise
        return toast(_row(request, role_id, status=422), str(refusal), "danger")
    if not wants_fragment(request):
        return redirect(request, reverse(READING))
    if before.is_chosen:
        query = urlencode({"fields": ",".join(before.fields), "version": made.version})
        undo_url = f"{reverse('visits:record-fields-back', args=[role_id])}?{query}"
    else:
        undo_url = reverse("visits:record-fields-forget", args=[role_id])
    return toast(_row(request, role_id), _("Noted for %(role)s.") % {"role": before.role}, undo_url=undo_url)


def _row(request: HttpRequest, role_id: UUID, *, status: int = 200) -> HttpResponse:
    context = {"one": queries.role_reading(request.clinic, role_id), "fields": RecordField.choices}
    return render_part(request, "visits/_record_fields_row.html", context, status=status)


@require_POST
@page(Permission.RECORD_FIELDS)
def role_fields_back(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """Take back the last decision about a role: what it read before stands in the address."""
    role = queries.role_reading(request.clinic, role_id).role
    form = FieldsForm(
        {
            "fields_read": [one for one in request.GET.get("fields", "").split(",") if one],
            "version": request.GET.get("version"),
        }
    )
    if not form.is_valid():
        return toast(HttpResponse(status=422), _("This was not understood. Reload the page."), "danger")
    services.choose_fields(
        by=request.user, clinic=request.clinic, role=role, fields=form.cleaned_data["fields_read"],
        version=form.cleaned_data["version"], at=clock.now(),
    )  # fmt: skip
    return redirect(request, reverse(READING))


@require_POST
@page(Permission.RECORD_FIELDS)
def role_fields_forget(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """Let the role's permissions decide again."""
    role = queries.role_reading(request.clinic, role_id).role
    services.forget_fields(by=request.user, clinic=request.clinic, role=role, at=clock.now())
    return redirect(request, reverse(READING))


@require_GET
@page(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def note_templates(request: HttpRequest) -> HttpResponse:
    """Show the ready texts, those put away below."""
    found = queries.templates(request.clinic)
    context = {
        "in_use": [one for one in found if one.is_active],
        "put_away": [one for one in found if not one.is_active],
    }
    return render(request, "visits/note_templates.html", context)


@require_http_methods(["GET", "POST"])
@page(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def note_template(request: HttpRequest, key: str = "") -> HttpResponse:
    """Write a ready text, a new one without a key."""
    found = queries.template(request.clinic, key) if key else None
    form = TemplateForm(typed(request), template=found)
    if form.is_bound and form.is_valid():
        try:
            made = services.write_template(
                by=request.user, clinic=request.clinic, key=key, values=form.values(),
                version=form.cleaned_data["version"], at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            if refusal.status in {403, 404}:
                raise
            refuse(form, refusal)
        else:
            return _done(request, _("The text for %(name)s is kept.") % {"name": made.name_zh}, made)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "visits/note_template.html", {"form": form, "template": found}, status=status)


def _done(request: HttpRequest, text: str, made: Any) -> HttpResponse:
    """Say what was done, with Undo, on the list."""
    undo_url = f"{reverse('visits:note-template-undo', args=[made.key])}?version={made.version}"
    messages.success(request, text, extra_tags=undo_url)
    return redirect(request, reverse(TEMPLATES))


def _version_of(request: HttpRequest) -> int:
    text = request.POST.get("version") or request.GET.get("version") or ""
    return int(text) if text.isascii() and text.isdigit() else 0


@require_POST
@page(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def note_template_use(request: HttpRequest, key: str) -> HttpResponse:
    """Put a ready text away, or take it into use again."""
    made = services.set_template_in_use(
        by=request.user, clinic=request.clinic, key=key, is_active=request.POST.get("is_active") == "1",
        version=_version_of(request), at=clock.now(),
    )  # fmt: skip
    text = _("In use again: %(name)s") if made.is_active else _("Put away: %(name)s")
    return _done(request, text % {"name": made.name_zh}, made)


@require_POST
@page(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def note_template_shipped(request: HttpRequest, key: str) -> HttpResponse:
    """Take the shipped text again."""
    made = services.return_to_shipped(
        by=request.user, clinic=request.clinic, key=key, version=_version_of(request), at=clock.now()
    )
    return _done(request, _("The shipped text is back: %(name)s") % {"name": made.name_zh}, made)


@require_POST
@page(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def note_template_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take the last change of a ready text back."""
    services.undo_template(
        by=request.user, clinic=request.clinic, key=key, version=_version_of(request), at=clock.now()
    )
    return saved(request, TEMPLATES, _("Undone."))

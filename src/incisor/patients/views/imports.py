"""Bringing in patients and appointments from Excel or CSV: upload, check, confirm, watch, take back."""

import logging
import time
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock, exports
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import redirect, render
from incisor.patients import queries, services
from incisor.patients.enums import BatchStatus
from incisor.patients.forms import UploadForm
from incisor.patients.hooks import ImportKind, import_kinds
from incisor.patients.models import ImportBatch
from incisor.patients.rules.sheets import BYTES

log = logging.getLogger(__name__)
ROWS = 50
SECONDS = 1.2  # of work for each step that an open page asks for


def _kinds(request: HttpRequest) -> list[ImportKind]:
    clinic = request.clinic  # type: ignore[attr-defined]
    return [kind for kind in import_kinds if kind.permission is None or may(request.user, kind.permission, clinic.pk)]  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """Show earlier imports and take a new file."""
    choices = [(kind.key, kind.label) for kind in _kinds(request)]
    form = UploadForm(request.POST or None, request.FILES or None, kinds=choices)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                batch = _upload(request, form)
            except Refused as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect(request, reverse("patients:import", args=[batch.pk]))
    pages = Paginator(queries.import_batches(request.clinic), ROWS)  # type: ignore[attr-defined]
    labels = {kind.key: kind.label for kind in import_kinds}
    found = pages.get_page(request.GET.get("page"))
    rows = [{"batch": batch, "kind": labels.get(batch.kind, batch.kind)} for batch in found]
    context = {"form": form, "page": found, "rows": rows, "kinds": _kinds(request)}
    return render(request, "patients/imports.html", context, status=status)


def _upload(request: HttpRequest, form: UploadForm) -> ImportBatch:
    upload = form.cleaned_data["file"]
    content = upload.read(BYTES + 1)
    return services.upload_import(
        by=request.user,
        clinic=request.clinic,  # type: ignore[attr-defined]
        kind=form.cleaned_data["kind"],
        file_name=upload.name,
        content=content,
        at=clock.now(),
    )


@require_GET
@page(Permission.PATIENT_IMPORT)
def empty_table(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Give an empty table with the right headings, in the language wanted, for Excel or as CSV."""
    chosen = next((one for one in _kinds(request) if one.key == kind), None)
    if chosen is None:
        raise NotFound()
    file_format = exports.wanted(request) or "csv"
    language = request.GET.get("language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else translation.get_language()):
        columns = [exports.Column(str(field.label), str) for field in chosen.fields]
    file, _count = exports.write_file(chosen.key, columns, [], file_format)
    return exports.send(file, chosen.key, file_format)


@require_GET
@page(Permission.PATIENT_IMPORT)
def batch(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show one import: what it would do, does or did."""
    found = queries.import_batch(request.clinic, batch_id)  # type: ignore[attr-defined]
    return _batch_page(request, found)


def _batch_page(request: HttpRequest, found: ImportBatch, *, problem: str = "", status: int = 200) -> HttpResponse:
    kind = next((one for one in import_kinds if one.key == found.kind), None)
    pages = Paginator(queries.wrong_rows(found), ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "batch": found,
        "kind": kind,
        "page": pages,
        "wrong_cells": queries.wrong_cells(found, list(pages.object_list)),
        "problem": problem or found.problem,
    }
    if found.status == BatchStatus.CHECKED:
        context.update(
            planned=queries.planned_counts(found),
            columns=queries.columns(found),
            fields=kind.fields if kind else (),
            layouts=kind.layouts if kind else (),
            earlier=queries.earlier_import(found),
        )
    if found.status == BatchStatus.REVERSED:
        context["kept"] = queries.kept_rows(found)
    return render(request, "patients/import.html", context, status=status)


@require_POST
@page(Permission.PATIENT_IMPORT)
def map_columns(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Say anew which column is which field."""
    found = queries.import_batch(request.clinic, batch_id)  # type: ignore[attr-defined]
    chosen = [request.POST.get(f"column-{index}", "") for index in range(len(found.mapping["headings"]))]
    if request.POST.get("layout") is not None:
        services.choose_layout(by=request.user, batch=found, layout=request.POST["layout"], at=clock.now())
        return redirect(request, reverse("patients:import", args=[found.pk]))
    try:
        services.map_columns(by=request.user, batch=found, columns=chosen, at=clock.now())
    except services.WrongStep as refusal:
        return _batch_page(request, found, problem=str(refusal), status=422)
    return redirect(request, reverse("patients:import", args=[found.pk]))


@require_POST
@page(Permission.PATIENT_IMPORT)
def confirm(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Begin to write."""
    found = queries.import_batch(request.clinic, batch_id)  # type: ignore[attr-defined]
    try:
        services.confirm_import(by=request.user, batch=found, at=clock.now())
    except services.WrongStep as refusal:
        return _batch_page(request, found, problem=str(refusal), status=422)
    return redirect(request, reverse("patients:import", args=[found.pk]))


@require_POST
@page(Permission.PATIENT_IMPORT)
def run(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Write the next portions and show how far it is; the worker goes on when nobody asks."""
    found = queries.import_batch(request.clinic, batch_id)  # type: ignore[attr-defined]
    until = time.monotonic() + SECONDS
    try:
        found = services.run_import(by=request.user, batch=found, at=clock.now())
        while found.is_running and time.monotonic() < until:
            found = services.run_import(by=request.user, batch=found, at=clock.now())
    except Refused:
        raise
    except Exception:
        log.exception("import %s stopped", found.pk)
        found = services.fail_import(by=request.user, batch=found, at=clock.now())
    if not found.is_running:
        return redirect(request, reverse("patients:import", args=[found.pk]))
    return render(request, "patients/import.html", {"batch": found}, partial="progress")


@require_POST
@page(Permission.PATIENT_IMPORT)
def reverse_batch(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Begin to take the whole import back."""
    found = queries.import_batch(request.clinic, batch_id)  # type: ignore[attr-defined]
    services.reverse_import(by=request.user, batch=found, at=clock.now())
    return redirect(request, reverse("patients:import", args=[found.pk]))


@require_POST
@page(Permission.PATIENT_IMPORT)
def discard(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Throw a checked file away."""
    found = queries.import_batch(request.clinic, batch_id)  # type: ignore[attr-defined]
    services.discard_import(by=request.user, batch=found, at=clock.now())
    messages.info(request, _("“%(name)s” is thrown away; nothing was written.") % {"name": found.file_name})
    return redirect(request, reverse("patients:imports"))

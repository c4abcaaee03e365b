"""Two files of one person: the worklist, the preview, the merge, its undoing."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast
from incisor.patients import queries, services
from incisor.patients.enums import PairStatus
from incisor.patients.models import DuplicatePair, Merge, Patient

ROWS = 20


@require_GET
@page(Permission.PATIENT_MERGE)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show pairs of files that may be of one person, those decided about, and merges."""
    return _list(request)


def _list(request: HttpRequest) -> HttpResponse:
    clinic = request.clinic  # type: ignore[attr-defined]
    status = request.GET.get("show", PairStatus.OPEN)
    status = status if status in PairStatus.values else PairStatus.OPEN
    counts = queries.pair_counts(clinic)
    context: dict[str, Any] = {
        "show": status,
        "tabs": [
            {"url": f"?show={value}", "label": label, "count": counts.get(value, 0), "active": value == status}
            for value, label in PairStatus.choices
        ],
        "scan": queries.duplicate_scan(clinic),
        "query": f"show={status}",
    }
    if status == PairStatus.MERGED:
        context["page"] = Paginator(queries.merges(clinic), ROWS).get_page(request.GET.get("page"))
        context["merges"] = context["page"].object_list
    else:
        pages = Paginator(queries.duplicate_pairs(clinic, status), ROWS)
        context["page"] = pages.get_page(request.GET.get("page"))
        context["pairs"] = queries.shown_pairs(clinic, list(context["page"].object_list))
    return render(request, "patients/duplicates.html", context, partial="list")


@require_POST
@page(Permission.PATIENT_MERGE)
def call_different(request: HttpRequest, pair_id: uuid.UUID) -> HttpResponse:
    """Note that two files are of different people."""
    pair = queries.duplicate_pair(request.clinic, pair_id)  # type: ignore[attr-defined]
    services.call_different(by=request.user, pair=pair, at=clock.now())
    undo_url = reverse("patients:pair-reopen", args=[pair.pk])
    return _decided(request, pair, _("Different people: these two will not be shown again."), undo_url)


@require_POST
@page(Permission.PATIENT_MERGE)
def reopen_pair(request: HttpRequest, pair_id: uuid.UUID) -> HttpResponse:
    """Put a decided pair back on the list."""
    pair = queries.duplicate_pair(request.clinic, pair_id)  # type: ignore[attr-defined]
    services.reopen_pair(by=request.user, pair=pair, at=clock.now())
    return _decided(request, pair, _("The two files are on the list again."), None)


def _decided(request: HttpRequest, pair: DuplicatePair, text: str, undo_url: str | None) -> HttpResponse:
    if request.headers.get("HX-Request") != "true" or request.headers.get("HX-Target") != "duplicate-list":
        messages.success(request, text, extra_tags=undo_url or "")
        return redirect(request, reverse("patients:duplicates"))
    return toast(_list(request), text, undo_url=undo_url)


@require_GET
@page(Permission.PATIENT_MERGE)
def merge_with(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Choose the other file: look-alikes first, or whom the search finds."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    text = request.GET.get("q", "").strip()[:80]
    if text:
        found = [(hit.patient, "") for hit in queries.find(clinic, text, at=clock.now(), limit=9)]
    else:
        alike = queries.look_alikes(
            clinic,
            name=patient.name,
            phone=patient.phone,
            born_on=patient.born_on,
            id_number=patient.id_number,
            sex=patient.sex,
            but=patient.pk,
        )
        found = [(one.patient, "，".join(one.likeness.reasons)) for one in alike[:9]]
    context = {
        "patient": patient,
        "q": text,
        "found": [{"patient": one, "reasons": reasons} for one, reasons in found if one.pk != patient.pk],
    }
    return render(request, "patients/merge_with.html", context, partial="found" if text else "panel")


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_MERGE)
def merge_two(request: HttpRequest, patient_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """Show what a merge would do; with POST do it. The first file is kept, the other becomes a part of it."""
    clinic = request.clinic  # type: ignore[attr-defined]
    kept, lesser = queries.own_file(clinic, patient_id), queries.own_file(clinic, other_id)
    if request.method == "GET":
        return _preview(request, kept, lesser)
    try:
        versions = int(request.POST.get("kept_version", "0")), int(request.POST.get("lesser_version", "0"))
    except ValueError:
        versions = 0, 0
    choices = {name.removeprefix("field-"): value for name, value in request.POST.items() if name.startswith("field-")}
    try:
        made = services.merge_patients(
            by=request.user,
            clinic=clinic,
            kept=kept,
            lesser=lesser,
            choices=choices,
            versions=versions,
            at=clock.now(),
        )
    except (services.CannotMerge, services.FilesChanged) as refusal:
        kept, lesser = queries.own_file(clinic, patient_id), queries.own_file(clinic, other_id)
        return _preview(request, kept, lesser, problem=str(refusal), choices=choices, status=422)
    text = _("%(merged)s is now part of %(kept)s.") % {"merged": lesser.file_number, "kept": kept.file_number}
    messages.success(request, text, extra_tags=reverse("patients:merge-undo", args=[made.pk]))
    return redirect(request, reverse("patients:patient", args=[kept.pk]))


def _preview(
    request: HttpRequest,
    kept: Patient,
    lesser: Patient,
    *,
    problem: str = "",
    choices: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_same = kept.pk == lesser.pk
    proposed = {**queries.proposed(kept, lesser), **(choices or {})}
    fields = [
        {"choice": one, "options": [(value, words, value == proposed[one.field]) for value, words in one.options]}
        for one in queries.field_choices(kept, lesser)
    ]
    context = {
        "kept": kept,
        "lesser": lesser,
        "fields": fields,
        "moving": queries.row_counts(lesser),
        "staying": queries.row_counts(kept),
        "obstacles": [] if is_same else queries.obstacles(lesser, kept, clock.now()),
        "is_same": is_same,
        "other_ids": bool(kept.id_number and lesser.id_number and kept.id_number != lesser.id_number),
        "problem": problem,
    }
    return render(request, "patients/merge_two.html", context, status=status)


@require_GET
@page(Permission.PATIENT_MERGE)
def merge(request: HttpRequest, merge_id: uuid.UUID) -> HttpResponse:
    """Show what a merge did, and what undoing it would do."""
    found = queries.merge(request.clinic, merge_id)  # type: ignore[attr-defined]
    return _report(request, found)


def _report(request: HttpRequest, found: Merge, *, problem: str = "", status: int = 200) -> HttpResponse:
    since = queries.rows_since(found) if found.undone_at is None else []
    context = {
        "merge": found,
        "moved": queries.moved_counts(found),
        "stayed": queries.stayed_counts(found),
        "fields": queries.fields_written(found),
        "since": [row for row in since if not row.follows and row.under is None],
        "following": sum(1 for row in since if row.follows),
        "hanging": sum(1 for row in since if row.under is not None and not row.follows),
        "problem": problem,
    }
    return render(request, "patients/merge.html", context, status=status)


@require_POST
@page(Permission.PATIENT_MERGE)
def undo_merge(request: HttpRequest, merge_id: uuid.UUID) -> HttpResponse:
    """Let two merged files stand apart again."""
    found = queries.merge(request.clinic, merge_id)  # type: ignore[attr-defined]
    try:
        services.undo_merge(by=request.user, merge=found, take=request.POST.getlist("take"), at=clock.now())
    except services.CannotUndoMerge as refusal:
        return _report(request, found, problem=str(refusal), status=409)
    text = _("%(merged)s and %(kept)s stand apart again.") % {
        "merged": found.lesser.file_number,
        "kept": found.kept.file_number,
    }
    messages.success(request, text)
    return redirect(request, reverse("patients:patient", args=[found.lesser_id]))

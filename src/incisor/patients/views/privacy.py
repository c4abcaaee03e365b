"""The pages of whoever handles privacy: requests, consent texts, the clinic's rules."""

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
from incisor.kernel.errors import NotFound
from incisor.kernel.htmx import redirect, render
from incisor.patients import queries, services
from incisor.patients.enums import ConsentPurpose, RequestKind, RequestStatus
from incisor.patients.forms.privacy import RulesForm, TextForm
from incisor.patients.models import DataRequest
from incisor.patients.views.looks import privacy_tabs

ROWS = 50


@require_GET
@page(Permission.PATIENT_PRIVACY)
def requests(request: HttpRequest) -> HttpResponse:
    """Show the requests to do by due date, those done, and the files that are restricted."""
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    show = request.GET.get("show", "")
    pages = Paginator(queries.data_requests(clinic, closed=show == "closed"), ROWS)
    context: dict[str, Any] = {
        "page": pages.get_page(request.GET.get("page")),
        "show": show,
        "query": f"show={show}" if show else "",
        "tabs": privacy_tabs("requests"),
        "today": queries.business_day(clinic, at),
        "restricted": queries.restricted_patients(clinic) if show == "restricted" else [],
        "chips": [
            {"url": "?", "label": _("To do"), "active": show == ""},
            {"url": "?show=closed", "label": _("Done"), "active": show == "closed"},
            {"url": "?show=restricted", "label": _("Restricted files"), "active": show == "restricted"},
        ],
    }
    return render(request, "patients/data_requests.html", context)


@require_GET
@page(Permission.PATIENT_PRIVACY)
def request_page(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Show one request with what can be done about it."""
    found = queries.data_request(request.clinic, request_id)  # type: ignore[attr-defined]
    return _page(request, found)


def _page(request: HttpRequest, found: DataRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    erasable_on = queries.erasable_on(clinic, found.patient)
    context = {
        "found": found,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "is_open": found.status == RequestStatus.OPEN,
        "is_granted": found.status == RequestStatus.GRANTED,
        "may_reopen": found.status in {RequestStatus.REFUSED, RequestStatus.GRANTED, RequestStatus.TAKEN_BACK},
        "is_erasure": found.kind == RequestKind.ERASURE,
        "is_copy": found.kind == RequestKind.COPY,
        "erasable_on": erasable_on,
        "is_erasable": queries.business_day(clinic, at) >= erasable_on,
        "today": queries.business_day(clinic, at),
    }
    return render(request, "patients/data_request.html", context, status=status)


@require_POST
@page(Permission.PATIENT_PRIVACY)
def decide(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Grant or refuse a request."""
    found = queries.data_request(request.clinic, request_id)  # type: ignore[attr-defined]
    is_granted = request.POST.get("decision") == "grant"
    reason = request.POST.get("reason", "")
    try:
        services.decide_request(by=request.user, request=found, is_granted=is_granted, reason=reason, at=clock.now())
    except (services.WrongValue, services.WrongRequestStep) as refusal:
        return _page(request, found, problem=str(refusal), status=422)
    return _done(request, found, _("The decision is noted."), "patients:data-request-reopen")


@require_POST
@page(Permission.PATIENT_PRIVACY)
def finish(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Carry out what was granted."""
    found = queries.data_request(request.clinic, request_id)  # type: ignore[attr-defined]
    try:
        services.finish_request(by=request.user, request=found, at=clock.now())
    except (services.NotYetErasable, services.WrongRequestStep) as refusal:
        return _page(request, found, problem=str(refusal), status=409)
    return _done(request, found, _("Noted as carried out."))


@require_POST
@page(Permission.PATIENT_PRIVACY)
def reopen(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Take a decision back."""
    found = queries.data_request(request.clinic, request_id)  # type: ignore[attr-defined]
    try:
        services.reopen_request(by=request.user, request=found, at=clock.now())
    except services.WrongRequestStep as refusal:
        return _page(request, found, problem=str(refusal), status=409)
    return _done(request, found, _("The request is open again."))


@require_POST
@page(Permission.PATIENT_PRIVACY)
def take_back(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Note that the patient no longer asks."""
    found = queries.data_request(request.clinic, request_id)  # type: ignore[attr-defined]
    try:
        services.take_back_request(by=request.user, request=found, at=clock.now())
    except services.WrongRequestStep as refusal:
        return _page(request, found, problem=str(refusal), status=409)
    return _done(request, found, _("Noted: the patient no longer asks."), "patients:data-request-reopen")


def _done(request: HttpRequest, found: DataRequest, text: str, undo: str = "") -> HttpResponse:
    messages.success(request, text, extra_tags=reverse(undo, args=[found.pk]) if undo else "")
    return redirect(request, reverse("patients:data-request", args=[found.pk]))


@require_POST
@page(Permission.PATIENT_PRIVACY)
def release(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Lift the restriction of a file."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    services.release_file(by=request.user, patient=patient, reason=request.POST.get("reason", ""), at=clock.now())
    messages.success(request, _("%(name)s is no longer restricted.") % {"name": patient.name})
    return redirect(request, reverse("patients:data-requests"))


# ---- texts -----------------------------------------------------------------------------------------------------------


@require_GET
@page(Permission.PATIENT_PRIVACY)
def texts(request: HttpRequest) -> HttpResponse:
    """Show what patients agree to."""
    found = queries.current_texts(request.clinic)  # type: ignore[attr-defined]
    rows = [
        {"text": one, "label": ConsentPurpose(one.purpose).label, "words": queries.text_in_words(one)} for one in found
    ]
    return render(request, "patients/consent_texts.html", {"rows": rows, "tabs": privacy_tabs("texts")})


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_PRIVACY)
def text(request: HttpRequest, purpose: str) -> HttpResponse:
    """Show all versions of a text and write a new one."""
    clinic = request.clinic  # type: ignore[attr-defined]
    if purpose not in ConsentPurpose.values:
        raise NotFound()
    current = queries.current_text(clinic, purpose)
    initial = {"text_zh": current.text_zh, "text_en": current.text_en}
    form = TextForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = services.write_consent_text(
            by=request.user, clinic=clinic, purpose=purpose, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, _("Version %(version)d is in force.") % {"version": made.version})
        return redirect(request, reverse("patients:consent-texts"))
    context = {
        "form": form,
        "purpose": purpose,
        "label": ConsentPurpose(purpose).label,
        "current": current,
        "versions": queries.text_versions(clinic, purpose),
    }
    return render(request, "patients/consent_text.html", context, status=422 if request.method == "POST" else 200)


# ---- rules -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_PRIVACY)
def rules(request: HttpRequest) -> HttpResponse:
    """Show and change what the clinic decides about privacy."""
    clinic = request.clinic  # type: ignore[attr-defined]
    found = queries.privacy_rules(clinic)
    names = ("version", "opening", "asks_before_showing", "retention_years", "answer_days")
    form = RulesForm(
        request.POST if request.method == "POST" else None, initial={name: getattr(found, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_privacy_rules(by=request.user, clinic=clinic, at=clock.now(), **form.cleaned_data)
        except services.WrongValue as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except services.RulesChanged as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(request, reverse("patients:privacy-rules"))
    context = {"form": form, "tabs": privacy_tabs("rules")}
    return render(request, "patients/privacy_rules.html", context, status=422 if request.method == "POST" else 200)

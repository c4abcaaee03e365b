"""Lists of patients, registering, one patient's page."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock, exports
from incisor.kernel.htmx import redirect, render, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.patients import queries, rules, services
from incisor.patients.enums import FIELD_LABELS
from incisor.patients.forms import LookAlikeForm, RegisterForm
from incisor.patients.views.head import head_context, tabs_of, tags_shown
from incisor.patients.views.looks import reason_choices, reason_page
from incisor.patients.views.parts import alerts_context, family_context, same_phone_context, sections_of
from incisor.patients.views.standing import standing_context
from incisor.patients.views.taking import export_patients

ROWS = 50
TAGS_AT_MOST = 10  # as chips above the list; the others are found by typing #tag


@require_GET
@page(Permission.PATIENT_SEE)
def patients(request: HttpRequest) -> HttpResponseBase:
    """Show the clinic's files, newest first, or those that the search finds."""
    clinic = request.clinic  # type: ignore[attr-defined]
    at = clock.now()
    text, seen = request.GET.get("q", "").strip()[:80], request.GET.get("seen", "")
    hits = queries.find(clinic, text, at=at, limit=ROWS) if text else []
    context: dict[str, Any] = {
        "q": text,
        "seen": seen,
        "filters": _filters(seen),
        "may_edit": may(request.user, Permission.PATIENT_EDIT, clinic.pk),  # type: ignore[arg-type]
        "may_import": may(request.user, Permission.PATIENT_IMPORT, clinic.pk),  # type: ignore[arg-type]
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, clinic.pk),  # type: ignore[arg-type]
    }
    if file_format := exports.wanted(request):
        listed = queries.recent_patients(clinic, seen=seen, day=clock.local(at, clinic.zone).date())
        rows = [hit.patient for hit in hits] if text else listed.iterator(chunk_size=500)
        return export_patients(request, rows, file_format)
    if text:
        context["patients"] = [hit.patient for hit in hits]
    else:
        day = clock.local(at, clinic.zone).date()
        pages = Paginator(queries.recent_patients(clinic, seen=seen, day=day), ROWS)
        context["page"] = pages.get_page(request.GET.get("page"))
        context["patients"] = context["page"].object_list
        context["query"] = f"seen={seen}" if seen else ""
    tags = queries.tags(clinic)
    for one in context["patients"]:
        one.shown_tags = tags_shown(tags, one.tags)
    context["tag_filters"] = [
        {"name": tag.name, "url": f"?{urlencode({'q': f'#{tag.name}'})}", "active": text == f"#{tag.name}"}
        for tag in tags
        if tag.is_active
    ][:TAGS_AT_MOST]
    return render(request, "patients/patients.html", context, partial="rows")


def _filters(seen: str) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "never": _("No visit yet"),
        "year": _("Not seen for a year"),
        "imported": _("Imported"),
    }
    return [{"value": value, "label": label, "active": value == seen} for value, label in labels.items()]


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Register a patient: the form holds what was typed into the search, split into name and number."""
    if request.method == "GET":
        return render(request, "patients/new.html", {"form": _empty_form(request)}, partial="form")
    form = RegisterForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            patient = services.register_patient(
                by=request.user,
                clinic=request.clinic,  # type: ignore[attr-defined]
                at=clock.now(),
                is_somebody_else=request.POST.get("is_somebody_else") == "1",
                **form.cleaned_data,
            )
        except services.WrongValue as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except services.AlreadyRegistered as refusal:
            form.add_error(None, str(refusal))
            context["look_alikes"] = refusal.look_alikes
            context["may_be_somebody_else"] = True
        else:
            return _registered(request, patient)
    return render(request, "patients/new.html", context, partial="form", status=422)


def _empty_form(request: HttpRequest) -> RegisterForm:
    parts = rules.typed(request.GET.get("text", ""))
    initial = {"name": parts.name, "phone": parts.phone_as_typed, "request_key": str(uuid7())}
    if parts.id_number:
        initial.update(phone="", id_number=parts.id_number)
    form = RegisterForm(initial=initial)
    first = "phone" if parts.name else "name"
    form.fields[first].widget.attrs["data-autofocus"] = ""
    return form


def _registered(request: HttpRequest, patient: Any) -> HttpResponse:
    undo_url = reverse("patients:undo-registration", args=[patient.pk])
    text = _("%(name)s is registered: %(number)s") % {"name": patient.name, "number": patient.file_number}
    messages.success(request, text, extra_tags=undo_url)
    return redirect(request, reverse("patients:patient", args=[patient.pk]))


@require_POST
@page(Permission.PATIENT_EDIT)
def look_alikes(request: HttpRequest) -> HttpResponse:
    """Show likely duplicates of what is typed so far."""
    given = LookAlikeForm(request.POST).typed()
    found = queries.look_alikes(request.clinic, **given)  # type: ignore[attr-defined]
    return render(request, "patients/_look_alikes.html", {"look_alikes": found[:3]})


@require_POST
@page(Permission.PATIENT_EDIT)
def undo_registration(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Take a fresh registration back."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    services.undo_registration(by=request.user, patient=patient, at=clock.now())
    messages.info(request, _("The registration of %(name)s is undone.") % {"name": patient.name})
    return redirect(request, reverse("patients:patients"))


@require_GET
@page(Permission.PATIENT_SEE)
def patient(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show one patient's file; the look is noted."""
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    found = queries.patient(clinic, patient_id)
    if found.pk != patient_id:  # merged: its links lead to the kept file
        return redirect(request, reverse("patients:patient", args=[found.pk]))
    tabs = tabs_of(request, found, request.GET.get("tab", ""), at=at)
    if wants_fragment(request):  # another tab of a page that was noted when it was opened
        return render(request, "patients/patient.html", {"patient": found, **tabs}, partial="tabs")
    try:
        services.open_file(by=request.user, clinic=clinic, patient=found, reason="", at=at)
    except services.ReasonNeeded as refusal:
        return reason_page(request, found, str(refusal))
    family = queries.family_of(found)
    context = {
        "sections": sections_of(request, found),
        "same_phone": same_phone_context(found, family),
        "book_url": _url(request, "scheduling:book-panel", Permission.APPOINTMENT_BOOK, found.pk),
        "queue_url": _url(request, "reception:walk-in", Permission.RECEPTION_WORK, found.pk),
        **head_context(request, found, family, at=at),
        **tabs,
        **alerts_context(request, found),
        **family_context(request, found, family),
        **standing_context(request, found, at=at),
    }
    return render(request, "patients/patient.html", context)


def _url(request: HttpRequest, name: str, permission: Permission, key: uuid.UUID) -> str:
    if not may(request.user, permission, request.clinic.pk):  # type: ignore[arg-type,attr-defined]
        return ""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""


@require_GET
@page(Permission.PATIENT_SEE)
def history(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show what was changed in the file, by whom."""
    found = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    field = request.GET.get("field", "")
    context = {
        "patient": found,
        "changes": queries.changes_of(found, field=field),
        "field_label": FIELD_LABELS.get(field, ""),
    }
    return render(request, "patients/history.html", context, partial="list")


@require_POST
@page(Permission.PATIENT_UNMASK)
def show(request: HttpRequest, patient_id: uuid.UUID, field: str) -> HttpResponse:
    """Show a sealed field in whole; the look is noted."""
    found = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "")
    try:
        plain = services.reveal(
            by=request.user,
            clinic=request.clinic,  # type: ignore[attr-defined]
            patient=found,
            what=[field],
            reason=reason,
            at=clock.now(),
        )
    except services.ReasonNeeded:
        return reason_choices(request, found, field)
    return render(request, "patients/_plain_value.html", {"field": field, "value": plain.get(field, "")})

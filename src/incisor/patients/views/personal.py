"""A patient's own rights, on the patient's page: consents, a copy of the data, requests, merged files."""

import io
import json
import uuid
import zipfile
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast, wants_fragment
from incisor.patients import queries, services
from incisor.patients.enums import ConsentState, ConsentWay
from incisor.patients.forms.privacy import RequestForm
from incisor.patients.models import Patient


@require_GET
@page(Permission.PATIENT_SEE)
def panel(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show consents, requests and merged files of a patient."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    return _panel(request, patient)


def _panel(request: HttpRequest, patient: Patient) -> HttpResponse:
    clinic, user = request.clinic, request.user  # type: ignore[attr-defined]
    lines = queries.consents_of(clinic, patient)
    context: dict[str, Any] = {
        "patient": patient,
        "consents": [{"line": line, "text": queries.text_in_words(line.text)} for line in lines],
        "history": queries.consent_history(patient),
        "ways": ConsentWay.choices,
        "requests": queries.requests_of(patient),
        "merges": queries.merges_of(patient),
        "may_edit": may(user, Permission.PATIENT_EDIT, clinic.pk),  # type: ignore[arg-type]
        "may_merge": may(user, Permission.PATIENT_MERGE, clinic.pk),  # type: ignore[arg-type]
        "may_privacy": may(user, Permission.PATIENT_PRIVACY, clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "patients/privacy_panel.html", context, partial="panel")


@require_POST
@page(Permission.PATIENT_EDIT)
def consent(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Note that the patient agrees to something, or withdraws."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    state = request.POST.get("state", "")
    services.record_consent(
        by=request.user,
        patient=patient,
        purpose=request.POST.get("purpose", ""),
        state=state,
        way=request.POST.get("way", ""),
        at=clock.now(),
    )
    if not wants_fragment(request):
        return redirect(request, reverse("patients:privacy-panel", args=[patient.pk]))
    text = _("Consent noted.") if state == ConsentState.GIVEN else _("Withdrawal noted.")
    return toast(_panel(request, patient), text)


# ---- a copy of the data ----------------------------------------------------------------------------------------------


@require_GET
@page(Permission.PATIENT_PRIVACY)
def copy(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show everything that is kept of one person, to be printed; that it was made is recorded."""
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    services.copy_data(by=request.user, clinic=clinic, patient=patient, form="print", at=at)
    language = _language(request)
    with translation.override(language):
        context = {**_readable(request, patient), "at": at, "language": language, "is_page": True}
        return render(request, "patients/data_copy.html", context)


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("language", "") or request.POST.get("language", "")
    return wanted if wanted in {"zh-hans", "en"} else (get_language() or "zh-hans")


def _readable(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    clinic = request.clinic  # type: ignore[attr-defined]
    return {
        "patient": patient,
        "clinic": clinic,
        "identity": queries.identity_of(patient),
        "sections": queries.sections_of(clinic, patient),
    }


@require_POST
@page(Permission.PATIENT_PRIVACY)
def copy_file(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Hand out the copy as a zip: readable pages in both languages, and all of it for machines."""
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    whole = services.copy_data(by=request.user, clinic=clinic, patient=patient, form="file", at=at)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=1))
        for language in ("zh-hans", "en"):
            with translation.override(language):
                context = {**_readable(request, patient), "at": at, "language": language}
                archive.writestr(f"data-{language}.html", render_to_string("patients/data_copy_file.html", context))
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="data-{patient.file_number}.zip"'
    return response


# ---- requests --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_EDIT)
def ask(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Note a request about own data."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_request(
                by=request.user, clinic=clinic, patient=patient, at=clock.now(), **form.cleaned_data
            )
        except services.WrongValue as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect(request, reverse("patients:patient", args=[patient.pk]) + "?tab=forms")
    status = 422 if request.method == "POST" else 200
    return render(request, "patients/data_ask.html", {"patient": patient, "form": form}, partial="panel", status=status)

"""The family of a patient: a relative's new file in one step, guardians, whose phone it is."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.patients import queries, services
from incisor.patients.forms import RelativeForm
from incisor.patients.models import Patient


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_EDIT)
def new_relative(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Register a relative and link both in one step."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    if request.method == "GET":
        return _page(request, patient, RelativeForm(initial={"request_key": str(uuid7())}))
    form = RelativeForm(request.POST)
    more: dict[str, Any] = {}
    if form.is_valid():
        try:
            made = services.register_relative(
                by=request.user,
                patient=patient,
                at=clock.now(),
                is_somebody_else=request.POST.get("is_somebody_else") == "1",
                **form.cleaned_data,
            )
        except services.WrongValue as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except services.AlreadyRegistered as refusal:
            form.add_error(None, str(refusal))
            more = {"look_alikes": refusal.look_alikes, "may_be_somebody_else": True}
        else:
            return _made(request, patient, made)
    return _page(request, patient, form, status=422, **more)


def _page(
    request: HttpRequest, patient: Patient, form: RelativeForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    form.fields["name"].widget.attrs["data-autofocus"] = ""
    context = {"patient": patient, "form": form, **more}
    return render(request, "patients/relative.html", context, partial="form", status=status)


def _made(request: HttpRequest, patient: Patient, made: Patient) -> HttpResponse:
    text = _("%(name)s is registered and linked: %(number)s") % {"name": made.name, "number": made.file_number}
    if not wants_fragment(request):
        messages.success(request, text)
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    response = toast(HttpResponse(status=204), text)
    return trigger(trigger(trigger(response, "family-changed"), "patient-head-changed"), "panel-close")


@require_POST
@page(Permission.PATIENT_EDIT)
def set_guardian(request: HttpRequest, patient_id: uuid.UUID, relative_id: uuid.UUID) -> HttpResponse:
    """Note whether a relative decides and signs for the patient."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient, relative = queries.patient(clinic, patient_id), queries.patient(clinic, relative_id)
    is_guardian = request.POST.get("is_guardian") == "1"
    services.set_guardian(by=request.user, patient=patient, relative=relative, is_guardian=is_guardian, at=clock.now())
    words = _("%(name)s is guardian.") if is_guardian else _("%(name)s is no longer guardian.")
    return _answer(request, patient, words % {"name": relative.name})


@require_POST
@page(Permission.PATIENT_EDIT)
def share_phone(request: HttpRequest, patient_id: uuid.UUID, relative_id: uuid.UUID) -> HttpResponse:
    """Let the patient be reached by a relative's phone."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient, relative = queries.patient(clinic, patient_id), queries.patient(clinic, relative_id)
    saved = services.share_phone(by=request.user, patient=patient, relative=relative, at=clock.now())
    undo_url = None
    if saved.version != patient.version:
        undo_url = reverse("patients:undo-change", args=[saved.pk, saved.version])
    return _answer(request, patient, _("Reached by the phone of %(name)s.") % {"name": relative.name}, undo_url)


def _answer(request: HttpRequest, patient: Patient, text: str, undo_url: str | None = None) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    response = toast(HttpResponse(status=204), text, undo_url=undo_url)
    return trigger(trigger(response, "family-changed"), "patient-changed")

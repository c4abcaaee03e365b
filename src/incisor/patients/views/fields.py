"""One value of a file, edited where it stands: click or Enter opens the field, Enter saves, Escape leaves."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients import queries, services
from incisor.patients.enums import FIELD_LABELS, SEALED_FIELDS
from incisor.patients.forms import SECTIONS, SectionForm, field_form
from incisor.patients.models import Patient
from incisor.patients.views.shown import shown

# Values that follow from another one: sent along when that one was saved.
DERIVED = {"id_number": ("born_on", "sex", "id_kind"), "name": ("pinyin",)}
FIELDS = frozenset(name for form in SECTIONS.values() for name in form.base_fields if name != "version")


def value_row(request: HttpRequest, patient: Patient, field: str) -> dict[str, Any]:
    """Return what the template of one value needs."""
    return {
        "field": field,
        "label": FIELD_LABELS[field],
        "value": shown(patient, field),
        "is_sealed": field in SEALED_FIELDS,
        "may_edit": may(request.user, Permission.PATIENT_EDIT, patient.clinic_id),  # type: ignore[arg-type]
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, patient.clinic_id),  # type: ignore[arg-type]
    }


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_EDIT)
def field(request: HttpRequest, patient_id: uuid.UUID, field: str) -> HttpResponse:
    """Edit one field; with GET and ?edit its form, without it the value as it stands."""
    if field not in FIELDS:
        raise Http404
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    if request.method == "GET" and "edit" not in request.GET:
        if not wants_fragment(request):
            return redirect(request, reverse("patients:patient", args=[patient.pk]))
        return _value(request, patient, field, is_saved="left" in request.GET)
    form_class = field_form(field)
    if request.method == "GET":
        return _form_page(request, patient, field, form_class(patient=patient, plain=False))
    form = form_class(request.POST, patient=patient, plain=False)
    collisions: list[dict[str, Any]] = []
    if form.is_valid():
        try:
            saved = services.change_patient(
                by=request.user,
                patient=patient,
                version=form.cleaned_data["version"],
                changes=form.changes(),
                at=clock.now(),
            )
        except services.WrongValue as refusal:
            form.add_error(field if refusal.field == field else None, str(refusal))
        except services.ChangedBySomebodyElse as refusal:
            collisions = refusal.fields
            form.add_error(None, str(refusal))
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(refusal.version)  # type: ignore[index]
        else:
            return _saved(request, patient, saved, field)
    return _form_page(request, patient, field, form, collisions=collisions, status=422)


def _value(
    request: HttpRequest,
    patient: Patient,
    field: str,
    *,
    is_saved: bool = False,
    others: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    row = value_row(request, patient, field)
    context = {"patient": patient, "row": row, "is_saved": is_saved, "others": others}
    return render(request, "patients/_value.html", context)


def _saved(request: HttpRequest, before: Patient, saved: Patient, field: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[saved.pk]))
    fresh = queries.patient(request.clinic, saved.pk)  # type: ignore[attr-defined]
    if saved.version == before.version:
        return _value(request, fresh, field, is_saved=True)
    others = [value_row(request, fresh, other) for other in DERIVED.get(field, ())]
    response = _value(request, fresh, field, is_saved=True, others=others)
    undo_url = reverse("patients:undo-change", args=[saved.pk, saved.version])
    text = _("%(field)s saved.") % {"field": FIELD_LABELS[field]}
    return trigger(toast(response, text, undo_url=undo_url), "patient-head-changed")


def _form_page(
    request: HttpRequest,
    patient: Patient,
    field: str,
    form: SectionForm,
    *,
    collisions: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "patient": patient,
        "field": field,
        "label": FIELD_LABELS[field],
        "bound": form[field],
        "form": form,
        "collisions": collisions,
        "is_sealed": field in SEALED_FIELDS,
    }
    return render(request, "patients/field.html", context, partial="form", status=status)


@require_POST
@page(Permission.PATIENT_EDIT)
def undo_change(request: HttpRequest, patient_id: uuid.UUID, version: int) -> HttpResponse:
    """Put back what a change replaced."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    services.undo_change(by=request.user, patient=patient, version=version, at=clock.now())
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    return trigger(toast(HttpResponse(status=204), _("The old value is back.")), "patient-changed")

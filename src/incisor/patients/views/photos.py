"""The photo of a patient: shown to whom it is open, taken, replaced, removed."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock, pictures, store
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.pictures import MEGABYTE
from incisor.patients import queries, services
from incisor.patients.forms import PhotoForm
from incisor.patients.models import Patient

TAKEN_AT_MOST = 15 * MEGABYTE
SIDE, SMALL_SIDE = 900, 144


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_PHOTO)
def photo(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the photo and take another one."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    if request.method == "GET":
        return _page(request, patient, PhotoForm())
    form = PhotoForm(request.POST, _one_file(request))
    if form.is_valid():
        try:
            content = form.cleaned_data["photo"].read(TAKEN_AT_MOST + 1)
            pictures.checked_picture(content, max_bytes=TAKEN_AT_MOST)
            # made small before the transaction: it takes a moment, and nobody else should wait for it
            small, thumbnail = pictures.smaller(content, side=SIDE), pictures.thumbnail(content, side=SMALL_SIDE)
        except pictures.PictureRefused as refusal:
            form.add_error("photo", str(refusal))
        else:
            before = queries.photo_of(patient)
            services.set_photo(by=request.user, patient=patient, picture=small, thumbnail=thumbnail, at=clock.now())
            undo = "restore-photo" if before else "remove-photo"
            undo_url = reverse(f"patients:{undo}", args=[patient.pk, before.pk] if before else [patient.pk])
            return _changed(request, patient, _("The photo is kept."), undo_url)
    return _page(request, patient, form, status=422)


def _one_file(request: HttpRequest) -> Any:
    """Return the files with the one that was chosen: the page has a field for the camera and one for a file."""
    chosen = [one for one in request.FILES.getlist("photo") if one.size]
    return {"photo": chosen[0]} if chosen else request.FILES


def _page(request: HttpRequest, patient: Patient, form: PhotoForm, *, status: int = 200) -> HttpResponse:
    context = {"patient": patient, "photo": queries.photo_of(patient), "form": form}
    return render(request, "patients/photo.html", context, partial="form", status=status)


def _changed(request: HttpRequest, patient: Patient, text: str, undo_url: str | None = None) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    if request.headers.get("HX-Target") == "photo-form":
        response = trigger(_page(request, patient, PhotoForm()), "panel-close")
    else:
        response = HttpResponse(status=204)
    return trigger(toast(response, text, undo_url=undo_url), "patient-head-changed")


@require_POST
@page(Permission.PATIENT_PHOTO)
def remove_photo(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show no photo any more."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    before = services.remove_photo(by=request.user, patient=patient, at=clock.now())
    undo_url = reverse("patients:restore-photo", args=[patient.pk, before.pk]) if before else None
    return _changed(request, patient, _("The photo is removed."), undo_url)


@require_POST
@page(Permission.PATIENT_PHOTO)
def restore_photo(request: HttpRequest, patient_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    """Show an earlier photo again."""
    photo = queries.photo(request.clinic, patient_id, photo_id)  # type: ignore[attr-defined]
    services.restore_photo(by=request.user, photo=photo, at=clock.now())
    return _changed(request, photo.patient, _("The photo is back."))


@require_GET
@page(Permission.PATIENT_PHOTO)
def photo_picture(request: HttpRequest, patient_id: uuid.UUID, photo_id: uuid.UUID, size: str) -> HttpResponse:
    """Send the picture. It is never kept by the browser: computers at a desk are shared."""
    photo = queries.photo(request.clinic, patient_id, photo_id)  # type: ignore[attr-defined]
    content = store.read(photo.thumbnail if size == "small" else photo.picture)
    response = HttpResponse(content, content_type=pictures.CONTENT_TYPES["jpeg"])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = "inline"
    return response

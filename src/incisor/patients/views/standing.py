"""What the clinic has agreed with a patient: membership, points, restrictions."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.editing import refuse
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients import queries, services
from incisor.patients.forms import MembershipForm, PointsForm, RestrictionForm
from incisor.patients.hooks import patient_figures
from incisor.patients.models import Patient


def standing_context(request: HttpRequest, patient: Patient, *, at: datetime) -> dict[str, Any]:
    """Return what the card of membership, points and restrictions shows, and the figures of the file."""
    clinic = request.clinic  # type: ignore[attr-defined]
    day = clock.local(at, clinic.zone).date()
    levels = queries.levels(clinic, is_active=True)
    membership = queries.memberships_of(clinic, [patient], day=day).get(patient.pk)
    initial = {"level": str(membership.level_id), "last_on": membership.last_on} if membership else {}
    figures = [
        {"label": figure.label, "text": figure.find(clinic, patient, at)}
        for figure in patient_figures
        if figure.permission is None or may(request.user, figure.permission, clinic.pk)  # type: ignore[arg-type]
    ]
    return {
        "may_standing": may(request.user, Permission.PATIENT_STANDING, clinic.pk),  # type: ignore[arg-type]
        "has_levels": bool(levels) or membership is not None,
        "membership": membership,
        "membership_form": MembershipForm(levels=levels, initial=initial, auto_id="membership-%s"),
        "points": queries.points_of(clinic, [patient]).get(patient.pk, 0),
        "points_form": PointsForm(auto_id="points-%s"),
        "restrictions": queries.restrictions_of(clinic, [patient], day=day).get(patient.pk, []),
        "restriction_form": RestrictionForm(auto_id="restriction-%s"),
        "figures": [one for one in figures if one["text"]],
    }


@require_GET
@page(Permission.PATIENT_SEE)
def standing(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the card anew: after an Undo, whose answer no part of the page takes up."""
    return _card(request, queries.patient(request.clinic, patient_id))  # type: ignore[attr-defined]


@require_GET
@page(Permission.PATIENT_SEE)
def points(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the ledger of points, and memberships and restrictions that are over."""
    return _points(request, queries.patient(request.clinic, patient_id))  # type: ignore[attr-defined]


def _points(request: HttpRequest, patient: Patient) -> HttpResponse:
    context = {
        "patient": patient,
        "entries": queries.point_entries(patient),
        "past": queries.past_standing(patient),
        "may_standing": may(request.user, Permission.PATIENT_STANDING, patient.clinic_id),  # type: ignore[arg-type]
    }
    return render(request, "patients/points.html", context, partial="list")


def _card(request: HttpRequest, patient: Patient, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {"patient": patient, **standing_context(request, patient, at=clock.now()), **forms}
    return render(request, "patients/_standing.html", context, status=status)


def _answer(request: HttpRequest, patient: Patient, text: str, undo_url: str | None = None) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    if request.headers.get("HX-Target") == "standing":
        response = trigger(_card(request, patient), "patient-head-changed")
    else:
        is_list = request.headers.get("HX-Target") == "points-list"
        response = trigger(_points(request, patient) if is_list else HttpResponse(status=204), "standing-changed")
    return toast(response, text, undo_url=undo_url)


@require_POST
@page(Permission.PATIENT_STANDING)
def set_membership(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Give or end a membership."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    form = MembershipForm(request.POST, levels=queries.levels(clinic), auto_id="membership-%s")
    if not form.is_valid():
        return _card(request, patient, membership_form=form, status=422)
    given = form.cleaned_data
    level = queries.level(clinic, given["level"]) if given["level"] else None
    services.set_membership(
        by=request.user, patient=patient, level=level, last_on=given["last_on"], reason=given["reason"], at=clock.now()
    )
    text = _("Membership: %(level)s") % {"level": level.name} if level else _("The membership is ended.")
    return _answer(request, patient, text, reverse("patients:undo-membership", args=[patient.pk]))


@require_POST
@page(Permission.PATIENT_STANDING)
def undo_membership(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Put the membership before the last change back."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    services.undo_membership(by=request.user, patient=patient, at=clock.now())
    return _answer(request, patient, _("The membership is as before."))


@require_POST
@page(Permission.PATIENT_STANDING)
def add_points(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Give or take points."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    form = PointsForm(request.POST, auto_id="points-%s")
    if form.is_valid():
        try:
            entry = services.add_points(by=request.user, patient=patient, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            undo_url = reverse("patients:reverse-points", args=[patient.pk, entry.pk])
            return _answer(request, patient, _("Points: %(points)+d") % {"points": entry.points}, undo_url)
    return _card(request, patient, points_form=form, status=422)


@require_POST
@page(Permission.PATIENT_STANDING)
def reverse_points(request: HttpRequest, patient_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Reverse an entry of the points."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    entry = queries.point_entry(clinic, patient_id, entry_id)
    services.reverse_points(by=request.user, entry=entry, at=clock.now())
    return _answer(request, patient, _("Reversed: %(points)+d points") % {"points": entry.points})


@require_POST
@page(Permission.PATIENT_STANDING)
def restrict(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Ask something of the patient before an appointment stands."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    form = RestrictionForm(request.POST, auto_id="restriction-%s")
    if form.is_valid():
        try:
            made = services.restrict(by=request.user, patient=patient, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            undo_url = reverse("patients:lift-restriction", args=[patient.pk, made.pk])
            return _answer(request, patient, _("From now on: %(what)s") % {"what": made.get_kind_display()}, undo_url)
    return _card(request, patient, restriction_form=form, status=422)


@require_POST
@page(Permission.PATIENT_STANDING)
def lift_restriction(request: HttpRequest, patient_id: uuid.UUID, restriction_id: uuid.UUID) -> HttpResponse:
    """End a restriction."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    found = queries.restriction(clinic, patient_id, restriction_id)
    services.lift_restriction(by=request.user, restriction=found, at=clock.now())
    undo_url = reverse("patients:resume-restriction", args=[patient_id, restriction_id])
    return _answer(request, patient, _("Lifted: %(what)s") % {"what": found.get_kind_display()}, undo_url)


@require_POST
@page(Permission.PATIENT_STANDING)
def resume_restriction(request: HttpRequest, patient_id: uuid.UUID, restriction_id: uuid.UUID) -> HttpResponse:
    """Take back that a restriction was lifted."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    found = queries.restriction(clinic, patient_id, restriction_id)
    services.resume_restriction(by=request.user, restriction=found, at=clock.now())
    return _answer(request, patient, _("From now on: %(what)s") % {"what": found.get_kind_display()})

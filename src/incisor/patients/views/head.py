"""The head of a patient's page: who it is, what to mind, whom to call; and the tabs that the apps above fill."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.hooks import Panel
from incisor.kernel.htmx import redirect, render, wants_fragment
from incisor.patients import queries
from incisor.patients.enums import Colour, ContactChannel
from incisor.patients.hooks import TAB_GROUPS, patient_panels
from incisor.patients.models import FamilyLink, Patient

FAMILY_SHOWN = 4
LEVELS = frozenset({*Colour.values, "alert"})


@require_GET
@page(Permission.PATIENT_SEE)
def head(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the head anew, after something in it changed."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    family = queries.family_of(patient)
    return render(request, "patients/_file_head.html", head_context(request, patient, family, at=clock.now()))


def head_context(request: HttpRequest, patient: Patient, family: list[FamilyLink], *, at: datetime) -> dict[str, Any]:
    """Return what the head shows."""
    clinic = request.clinic  # type: ignore[attr-defined]
    may_photo = may(request.user, Permission.PATIENT_PHOTO, clinic.pk)  # type: ignore[arg-type]
    badges = queries.badges_of(clinic, [patient], by=request.user, at=at)[patient.pk]  # type: ignore[arg-type]
    return {
        "patient": patient,
        "may_photo": may_photo,
        "photo": queries.photo_of(patient) if may_photo else None,
        "may_edit": may(request.user, Permission.PATIENT_EDIT, clinic.pk),  # type: ignore[arg-type]
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, clinic.pk),  # type: ignore[arg-type]
        "badges": [
            {"level": badge.level if badge.level in LEVELS else "neutral", "text": badge.text, "url": badge.url}
            for badge in badges
        ],
        "tags": tags_shown(queries.tags(clinic), patient.tags),
        "head_family": family[:FAMILY_SHOWN],
        "more_family": max(0, len(family) - FAMILY_SHOWN),
        "is_not_to_contact": patient.contact_channel == ContactChannel.NONE,
    }


def tags_shown(known: list[Any], names: list[str]) -> list[dict[str, str]]:
    """Return tags with the colour and meaning that the clinic gave them; words of no list are grey."""
    listed = {tag.name: tag for tag in known}
    return [
        {"name": name, "colour": listed[name].colour, "meaning": listed[name].meaning}
        if name in listed
        else {"name": name, "colour": Colour.NEUTRAL.value, "meaning": ""}
        for name in names
    ]


def _is_shown(panel: Panel, request: HttpRequest, clinic: Any) -> bool:
    if panel.permission is not None and not may(request.user, panel.permission, clinic.pk):  # type: ignore[arg-type]
        return False
    return panel.shown is None or panel.shown(clinic, request.user)


def tabs_of(request: HttpRequest, patient: Patient, wanted: str, *, at: datetime) -> dict[str, Any]:
    """Return the tabs that the person may see, which one is open, and the panels in it. wanted: from the address."""
    clinic = request.clinic  # type: ignore[attr-defined]
    groups: dict[str, list[Panel]] = {}
    for panel in patient_panels:
        if _is_shown(panel, request, clinic):
            groups.setdefault(panel.group or panel.key, []).append(panel)
    chosen = wanted if wanted in groups else next(iter(groups), "")
    tabs = [
        {
            "key": key,
            "label": TAB_GROUPS[key] if key in TAB_GROUPS else panels[0].label,
            "icon": panels[0].icon,
            "count": sum(panel.count(clinic, patient.pk, at) for panel in panels if panel.count is not None),
            "is_open": key == chosen,
        }
        for key, panels in groups.items()
    ]
    shown = [
        {"key": panel.key, "label": panel.label, "icon": panel.icon, "url": reverse(panel.url_name, args=[patient.pk])}
        for panel in groups.get(chosen, [])
    ]
    return {"tabs": tabs, "open_tab": chosen, "panels": shown, "tabs_label": _("Parts of the file")}

"""Looks at files that are not on today's list: the question why, and the list that the manager reviews."""

import re
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast, wants_fragment
from incisor.patients import queries, services
from incisor.patients.enums import FIELD_LABELS, LookReason, LookVerdict
from incisor.patients.models import Patient

ROWS = 50


def reason_page(request: HttpRequest, patient: Patient, problem: str) -> HttpResponse:
    """Ask why the file is needed, before it opens."""
    context = {"patient": patient, "reasons": LookReason.choices, "problem": problem}
    return render(request, "patients/reason.html", context)


def reason_choices(request: HttpRequest, patient: Patient, field: str) -> HttpResponse:
    """Ask why the number is needed, in the place where it will stand."""
    target = request.headers.get("HX-Target", "")
    context = {
        "patient": patient,
        "field": field,
        "label": FIELD_LABELS.get(field, field),
        "reasons": LookReason.choices,
        "target": target if re.fullmatch(r"[\w-]{1,60}", target) else "",
    }
    return render(request, "patients/_reason.html", context)


@require_POST
@page(Permission.PATIENT_SEE)
def give_reason(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Note why somebody needs the file, and open it."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    reason = request.POST.get("reason", "")
    try:
        services.open_file(by=request.user, clinic=clinic, patient=patient, reason=reason, at=clock.now())
    except (services.ReasonNeeded, services.WrongValue) as refusal:
        return reason_page(request, patient, str(refusal))
    return redirect(request, reverse("patients:patient", args=[patient.pk]))


@require_GET
@page(Permission.PATIENT_PRIVACY)
def review_list(request: HttpRequest) -> HttpResponse:
    """Show who saw files that were not on the day's list, and why."""
    return _list(request)


def _list(request: HttpRequest) -> HttpResponse:
    is_reviewed = request.GET.get("show") == "reviewed"
    pages = Paginator(queries.looks(request.clinic, reviewed=is_reviewed), ROWS)  # type: ignore[attr-defined]
    found = pages.get_page(request.GET.get("page"))
    rows = [
        {"look": one, "fields": "、".join(str(FIELD_LABELS.get(field, field)) for field in one.fields)} for one in found
    ]
    context: dict[str, Any] = {
        "page": found,
        "rows": rows,
        "is_reviewed": is_reviewed,
        "query": "show=reviewed" if is_reviewed else "",
        "tabs": privacy_tabs("looks"),
        "chips": [
            {"url": "?", "label": _("To review"), "active": not is_reviewed},
            {"url": "?show=reviewed", "label": _("Reviewed"), "active": is_reviewed},
        ],
    }
    return render(request, "patients/looks.html", context, partial="list")


def privacy_tabs(current: str) -> list[dict[str, Any]]:
    """Return the pages of privacy."""
    pages = (
        ("requests", _("Requests"), "patients:data-requests"),
        ("looks", _("Looks to review"), "patients:looks"),
        ("texts", _("Consent texts"), "patients:consent-texts"),
        ("rules", _("Rules"), "patients:privacy-rules"),
    )
    return [{"url": reverse(name), "label": label, "active": key == current} for key, label, name in pages]


@require_POST
@page(Permission.PATIENT_PRIVACY)
def review(request: HttpRequest, look_id: uuid.UUID) -> HttpResponse:
    """Note what the manager found."""
    found = queries.look(request.clinic, look_id)  # type: ignore[attr-defined]
    verdict = request.POST.get("verdict", "")
    services.review_look(by=request.user, look=found, verdict=verdict, at=clock.now())
    if not wants_fragment(request) or request.headers.get("HX-Target") != "look-list":
        return redirect(request, reverse("patients:looks"))
    text = _("Noted: %(verdict)s") % {"verdict": LookVerdict(verdict).label} if verdict else _("Back on the list.")
    undo = reverse("patients:look-review", args=[found.pk]) if verdict else None
    return toast(_list(request), text, undo_url=undo)

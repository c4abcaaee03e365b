"""The worklist of appointments that no longer fit, and an appointment's own ways: pattern and assistant."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import live
from incisor.kernel.clock import now
from incisor.kernel.editing import refuse
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render
from incisor.kernel.spans import minute_of
from incisor.patients.queries import patient as patient_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.forms.blocks import KeepForm, PatternForm, initial_of_pattern
from incisor.scheduling.rules import MOVABLE
from incisor.scheduling.services.gate import explain
from incisor.scheduling.views.booking import settled, when_words
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists, member, people


@page(Permission.APPOINTMENT_SEE)
@require_GET
def affected(request: HttpRequest) -> HttpResponse:
    """List every expected appointment that can no longer stand where it is."""
    clinic, at = request.clinic, now()
    team = [*dentists(clinic), *people(clinic, kind="nurse")]
    staff = _person(request)
    if staff is not None and staff not in team:  # who has left still has bookings
        team.append(staff)
    rows = [
        {"appointment": one.appointment, "reasons": [explain(reason) for reason in one.conflicts]}
        for one in queries.affected(clinic, at, staff=staff)
    ]
    context = {
        "rows": rows,
        "team": team,
        "staff": staff,
        "url_here": request.get_full_path(),
        "version": live.version(clinic.pk, "day"),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),  # type: ignore[arg-type]
        "may_keep": may(request.user, Permission.APPOINTMENT_OVERBOOK, clinic.pk),  # type: ignore[arg-type]
    }
    is_list = request.headers.get("HX-Target") == "affected-list"
    return render(request, "scheduling/affected.html", context, partial="rows" if is_list else "panel")


def _person(request: HttpRequest) -> StaffMember | None:
    key = as_uuid(request.GET.get("staff", ""))
    if key is None:
        return None
    try:
        return member(request.clinic, key)
    except NotFound:
        return None


@page(Permission.APPOINTMENT_OVERBOOK)
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Keep an appointment that no longer fits, with the reason."""
    found = queries.appointment(request.clinic, appointment_id)
    form = KeepForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            change = services.keep_appointment(
                by=request.user, appointment=found, reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"], at=now(),
            )  # fmt: skip
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            refuse(form, refused)
        else:
            text = _("Kept as it is: %(patient)s, %(when)s.") % {
                "patient": shown_name(found.patient),
                "when": when_words(found, request.clinic.zone),
            }
            return settled(request, text, change.pk, found)
    reasons = queries.affected_reasons(request.clinic, min(now(), found.starts_at), staff=found.dentist).get(
        found.pk, ()
    )
    context = {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "form": form,
        "reasons": [explain(reason) for reason in reasons],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/keep.html", context, partial="panel", status=status)


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def pattern(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Say when the dentist's own hands are needed in this appointment, and who assists."""
    found = queries.appointment(request.clinic, appointment_id)
    minutes = minute_of(found.ends_at) - minute_of(found.starts_at)
    form = PatternForm(request.POST or None, clinic=request.clinic, minutes=minutes, initial=initial_of_pattern(found))
    refusal: services.SlotTaken | None = None
    if request.method == "POST" and form.is_valid():
        try:
            change = _arranged(request, found, form.cleaned_data)
        except services.SlotTaken as taken:
            refusal = taken
            form.add_error(None, " ".join(taken.details["texts"]))
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            refuse(form, refused)
        else:
            return settled(request, _("Saved."), change.pk if change else None, found)
    context = {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "form": form,
        "can_change": found.status in MOVABLE,
        "can_overbook": refusal is not None
        and refusal.details["can_overbook"]
        and may(request.user, Permission.APPOINTMENT_OVERBOOK, request.clinic.pk),  # type: ignore[arg-type]
        "action": reverse("scheduling:appointment-pattern", args=[found.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/pattern.html", context, partial="panel", status=status)


def _arranged(request: HttpRequest, found: Any, data: dict[str, Any]) -> Any:
    """Change what differs; returns the last change, None when nothing did."""
    change, version = None, data["version"]
    given = {"by": request.user, "appointment": found, "overbook_reason": data["overbook_reason"], "at": now()}
    if [list(span) for span in data["busy"]] != found.busy:
        change = services.set_time_pattern(busy=data["busy"], version=version, **given)
        version = None
    if (data["assistant"].pk if data["assistant"] else None) != found.assistant_id:
        change = services.assign_assistant(assistant=data["assistant"], version=version, **given)
    return change

"""Holds: taken when a time is picked and somebody still has to type, given back when the panel closes."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import chair as chair_of
from incisor.kernel.clock import now
from incisor.kernel.errors import NotFound
from incisor.kernel.htmx import render
from incisor.patients.models import Patient
from incisor.scheduling import queries, services
from incisor.scheduling.forms import BookingForm, Place
from incisor.scheduling.models import Hold
from incisor.scheduling.rules import need_of
from incisor.staff.queries import dentist as dentist_of


def hold_of(request: HttpRequest, hold_id: str) -> Hold | None:
    """Return the hold that the form sent along, if it is the person's own and has not ended."""
    try:
        found = queries.hold(request.clinic, hold_id)
    except NotFound:
        return None
    is_own = found.created_by_id == request.user.pk  # type: ignore[union-attr]
    return found if is_own and found.ended_at is None and found.expires_at > now() else None


def held(
    request: HttpRequest, slot: Place, *, procedures: Sequence[Any], minutes: int | None, patient: Patient | None = None
) -> Hold | None:
    """Hold the picked time in place of one held before; None when it is gone: the list of times will say so."""
    at = now()
    chosen = procedures or queries.preset_procedures(request.clinic, patient, today=queries.day_of(request.clinic, at))
    try:
        return services.hold_slot(
            by=request.user,
            clinic=request.clinic,
            patient=patient,
            dentist=dentist_of(request.clinic, slot.dentist_id),
            chair=chair_of(request.clinic, slot.chair_id),
            starts_at=slot.starts_at,
            need=need_of(chosen, minutes=minutes),
            label=request.POST.get("name", ""),
            instead_of=hold_of(request, request.POST.get("hold", "")),
            at=now(),
        )
    except services.SlotTaken:
        return None


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def hold_take(request: HttpRequest) -> HttpResponse:
    """Hold the time that a slot's button stands for, while the rest of the form is typed."""
    form = BookingForm(request.POST, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    if not form.is_valid() or len(form.cleaned_data["slot"]) != 1:
        raise NotFound()
    data = form.cleaned_data
    hold = held(request, data["slot"][0], procedures=data["procedures"], minutes=data["minutes"])
    return render(request, "scheduling/_hold.html", {"hold": hold})


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def hold_release(request: HttpRequest, hold_id: str) -> HttpResponse:
    """Give a held time back: the panel was closed."""
    found = queries.hold(request.clinic, hold_id)
    if found.created_by_id == request.user.pk:  # type: ignore[union-attr]
        services.release_hold(by=request.user, hold=found, at=now())
    return HttpResponse(status=204)

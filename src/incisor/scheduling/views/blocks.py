"""Blocked times: enter one, look at one, give its time back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import local, now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.scheduling import queries, services
from incisor.scheduling.forms import BlockForm, initial_block, wall_time


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def block_new(request: HttpRequest) -> HttpResponse:
    """Block a time of a dentist or chair."""
    at = now()
    starts_at = wall_time(request.GET.get("start", ""), request.clinic) or at
    initial = initial_block(request.clinic, starts_at, request.GET.get("who", ""))
    form = BlockForm(request.POST or None, clinic=request.clinic, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_block(
                by=request.user, clinic=request.clinic, dentist=data.get("dentist"), chair=data.get("chair"),
                starts_at=data["starts_at"], ends_at=data["ends_at"], reason=data["reason"], at=at,
            )  # fmt: skip
        except services.SlotTaken:
            form.add_error(None, _("Appointments stand in this time. Move them first, then block it."))
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
        else:
            return _done(request, _("Blocked: %(reason)s.") % {"reason": made.reason}, made.starts_at)
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/block_new.html", {"form": form}, partial="panel", status=status)


@page(Permission.APPOINTMENT_SEE)
@require_GET
def block(request: HttpRequest, block_id: str) -> HttpResponse:
    """Show a block."""
    found = queries.block(request.clinic, block_id)
    context: dict[str, Any] = {
        "blocked": found,
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "scheduling/block.html", context, partial="panel")


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def block_remove(request: HttpRequest, block_id: str) -> HttpResponse:
    """Give the time of a block back."""
    found = queries.block(request.clinic, block_id)
    services.remove_block(by=request.user, block=found, at=now())
    return _done(request, _("The time is free again."), found.starts_at)


def _done(request: HttpRequest, text: str, starts_at: Any) -> HttpResponse:
    if not wants_fragment(request):
        day = local(starts_at, request.clinic.zone).date()
        return redirect(request, f"{reverse('scheduling:calendar')}?day={day.isoformat()}")
    response = toast(HttpResponse(status=204), text)
    trigger(response, "panel-close")
    return trigger(response, "calendar-changed")

"""Who rings, taking the call, the call on the line."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.audit.hooks import label_of
from incisor.enquiries import queries, services
from incisor.enquiries.forms import HandCallForm
from incisor.enquiries.models import PhoneCall
from incisor.kernel import live
from incisor.kernel.clock import now
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients.queries import is_covered


@require_GET
@page(Permission.DESK_USE)
def ringing(request: HttpRequest) -> HttpResponse:
    """Show who rings, on every page, and whom this person has on the line."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    calls = queries.ringing(clinic, at=at)
    context = {
        "version": live.version(clinic.pk, "calls"),
        "callers": [{"call": one, "caller": queries.caller_of(clinic, one, at=at)} for one in calls],
        "current": queries.current_call(clinic, request.user),  # type: ignore[arg-type]
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "enquiries/ringing.html", context)


@require_POST
@page(Permission.DESK_USE)
def take(request: HttpRequest) -> HttpResponse:
    """Take the call that rings longest: the file opens, or the form for a new one with the number in it."""
    return _take(request, books=False)


@require_POST
@page(Permission.DESK_USE)
def take_and_book(request: HttpRequest) -> HttpResponse:
    """Take the call and propose times."""
    return _take(request, books=True)


def _take(request: HttpRequest, *, books: bool) -> HttpResponse:
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    waiting = queries.ringing(clinic, at=at)
    if not waiting:
        return _next(request, f"{reverse('enquiries:by-hand')}?{urlencode({'book': '1' if books else ''})}")
    call = services.take_call(by=request.user, clinic=clinic, call=waiting[0], at=at)  # type: ignore[arg-type]
    return _on(request, call, books=books)


def _on(request: HttpRequest, call: PhoneCall, *, books: bool) -> HttpResponse:
    """Go where the call leads: the file, the booking, the new patient, or the choice among a family."""
    clinic = request.clinic  # type: ignore[attr-defined]
    people = queries.patients_of(clinic, call.number)
    if call.patient is not None and not is_covered(call.patient):
        if books:
            return _next(request, reverse("scheduling:book-panel", args=[call.patient.pk]))
        return redirect(request, reverse("patients:patient", args=[call.patient.pk]))
    if not people and may(request.user, Permission.PATIENT_EDIT, clinic.pk):  # type: ignore[arg-type]
        return _next(request, f"{reverse('patients:new')}?{urlencode({'text': call.number})}")
    return _next(request, f"{reverse('enquiries:call', args=[call.pk])}?{urlencode({'book': '1' if books else ''})}")


def _next(request: HttpRequest, url: str) -> HttpResponse:
    """Show that page next: in the panel, which keeps what is typed meanwhile, else as a page."""
    if not wants_fragment(request):
        return redirect(request, url)
    response = trigger(HttpResponse(status=204), "panel-open", {"url": url})
    response.headers["X-Panel-Next"] = url
    return response


@require_http_methods(["GET", "POST"])
@page(Permission.DESK_USE)
def by_hand(request: HttpRequest) -> HttpResponse:
    """Note that somebody is on the line whom no telephone system reported."""
    books = request.GET.get("book") == "1"
    form = HandCallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        call = services.take_call(
            by=request.user, clinic=request.clinic, number=form.cleaned_data["number"], at=now()  # type: ignore[arg-type,attr-defined]
        )  # fmt: skip
        return _on(request, call, books=books)
    context = {"form": form, "books": books}
    status = 422 if request.method == "POST" else 200
    return render(request, "enquiries/by_hand.html", context, partial="panel", status=status)


@require_GET
@page(Permission.DESK_USE)
def call(request: HttpRequest, phone_call_id: UUID) -> HttpResponse:
    """Show one call: who it is, what was noted, what was done meanwhile."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    found = queries.call(clinic, phone_call_id)
    caller = queries.caller_of(clinic, found, at=at)
    context: dict[str, Any] = {
        "call": found,
        "caller": caller,
        "books": request.GET.get("book") == "1",
        "meanwhile": [{"at": one.at, "label": label_of(one.what)} for one in queries.done_during(found, at=at)],
        "notes": found.notes.filter(undone_at=None).select_related("owner").order_by("created_at"),
        "is_mine": found.taken_by_id == request.user.pk and found.ended_at is None,
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "enquiries/call.html", context, partial="panel")


@require_POST
@page(Permission.DESK_USE)
def end(request: HttpRequest, phone_call_id: UUID) -> HttpResponse:
    """Put the receiver down."""
    found = queries.call(request.clinic, phone_call_id)  # type: ignore[attr-defined]
    services.end_call(by=request.user, call=found, at=now())  # type: ignore[arg-type]
    if not wants_fragment(request):
        return redirect(request, reverse("enquiries:calls"))
    return toast(trigger(HttpResponse(status=204), "live:calls"), _("The call has ended."))

"""From card to card: copy, swap, take out to be placed later, put back at a time. JSON for the calendar, panels for all."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import chair as chair_of
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render, toast, trigger
from incisor.patients.queries import patient as patient_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.forms import wall_time
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import MOVABLE
from incisor.scheduling.views.booking import book_again_url, settled, when_words
from incisor.staff.queries import dentist as dentist_of

ON_THE_STRIP = 40  # the page of those to be booked again has them all


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the calendar's script asks."""
    return "application/json" in request.headers.get("Accept", "")


def _undo_url(change_id: Any) -> str:
    return reverse("scheduling:appointment-undo", args=[change_id])


def _place(request: HttpRequest) -> dict[str, Any] | None:
    """Where on the calendar something was put down; None when it was no place."""
    starts_at = wall_time(request.POST.get("start", ""), request.clinic)
    if starts_at is None:
        return None
    dentist_id, chair_id = (as_uuid(request.POST.get(name, "")) for name in ("dentist", "chair"))
    return {
        "starts_at": starts_at,
        "dentist": dentist_of(request.clinic, dentist_id) if dentist_id else None,
        "chair": chair_of(request.clinic, chair_id) if chair_id else None,
    }


def _put(request: HttpRequest, put: Callable[..., Appointment], text: str, panel_url: str) -> HttpResponse:
    """Put something down on the calendar; a refusal says why and where to look instead."""
    place = _place(request)
    if place is None:
        return JsonResponse({"text": _("This place on the calendar is not a time.")}, status=400)
    try:
        made = put(**place)
    except services.SlotTaken as taken:
        asked = {name: request.POST.get(name, "") for name in ("start", "dentist", "chair")}
        joint = "&" if "?" in panel_url else "?"
        url = panel_url + joint + urlencode({name: value for name, value in asked.items() if value})
        return JsonResponse({"text": " ".join(taken.details["texts"]), "panel": True, "url": url}, status=409)
    except Refused as refused:
        return JsonResponse({"text": str(refused), "panel": False}, status=refused.status)
    words = {
        "patient": shown_name(made.patient),
        "when": when_words(made, request.clinic.zone),
        "dentist": made.dentist.name,
    }
    return JsonResponse({"text": text % words, "undo_url": _undo_url(queries.changes_of(made)[0].pk)})


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def copy(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Paste what was copied: the same visit once more, at the time where it was put down."""
    found = queries.appointment(request.clinic, appointment_id)
    return _put(
        request,
        lambda **place: services.copy_appointment(
            by=request.user,
            appointment=found,
            request_key=request.POST.get("request_key", "")[:64],
            at=now(),
            **place,
        ),
        _("Booked: %(patient)s, %(when)s, %(dentist)s."),
        book_again_url(
            found.patient_id,
            procedures=[item.procedure_id for item in found.items.all()],
            minutes=int((found.ends_at - found.starts_at).total_seconds()) // 60,
            dentist_id=None,
            need=found.need,
        ),
    )


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def swap(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Offer the other appointments of the day; a digit lets the two change places."""
    found = queries.appointment(request.clinic, appointment_id)
    problem: dict[str, Any] = {}
    other = _other(request, request.POST.get("other", ""))
    if request.method == "POST" and other is None:
        problem = {"texts": [_("Choose an appointment to swap with.")]}
    elif request.method == "POST" and other is not None:
        try:
            went, _came = services.swap_appointments(
                by=request.user, first=found, second=other, versions=_versions(request), at=now()
            )
        except services.SlotTaken as taken:
            problem = {"texts": taken.details["texts"], "other": other}
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            problem = {"texts": [str(refused)], "other": other}
        else:
            text = _("Swapped: %(one)s and %(other)s.") % {
                "one": shown_name(found.patient),
                "other": shown_name(other.patient),
            }
            return settled(request, text, went.pk, went.appointment, undo_url=_swap_back_url(found, other))
    context = {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "others": queries.swappable_with(request.clinic, found),
        "can_swap": found.status in MOVABLE,
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "scheduling/swap.html", context, partial="panel", status=status)


def _other(request: HttpRequest, given: str) -> Appointment | None:
    """The appointment named, None when none was. Raises NotFound."""
    return queries.appointment(request.clinic, given) if as_uuid(given) else None


def _versions(request: HttpRequest) -> tuple[int, int] | None:
    """The versions of both as the person saw them, None when the form did not say."""
    given = request.POST.get("version", ""), request.POST.get(f"version-{request.POST.get('other', '')}", "")
    return (int(given[0]), int(given[1])) if all(one.isdecimal() for one in given) else None


def _swap_back_url(one: Appointment, other: Appointment) -> str:
    """Undo has no form: both ids, and the versions that the swap made, stand in the address."""
    query = urlencode({"with": other.pk, "versions": f"{one.version + 1}-{other.version + 1}"})
    return f"{reverse('scheduling:appointment-swap-back', args=[one.pk])}?{query}"


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def swap_back(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Take a swap back: swap once more, unless one of the two was changed since."""
    found = queries.appointment(request.clinic, appointment_id)
    other = _other(request, request.GET.get("with", ""))
    if other is None:
        raise services.NothingToUndo(_("This cannot be undone any more: the appointment has been changed since."))
    first, _dash, second = request.GET.get("versions", "").partition("-")
    versions = (int(first), int(second)) if first.isdecimal() and second.isdecimal() else None
    services.swap_appointments(by=request.user, first=found, second=other, versions=versions, at=now())
    return trigger(toast(HttpResponse(status=204), _("Undone.")), "calendar-changed")


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def take_out(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Take an appointment out of the calendar; it waits on the strip with all that was typed."""
    found = queries.appointment(request.clinic, appointment_id)
    version = request.POST.get("version", "")
    text = _("Taken out: %(patient)s, %(when)s. It waits to be placed.") % {
        "patient": shown_name(found.patient),
        "when": when_words(found, request.clinic.zone),
    }
    try:
        change = services.unplace_appointment(
            by=request.user, appointment=found, version=int(version) if version.isdecimal() else None, at=now()
        )
    except Refused as refused:
        if not wants_json(request):
            raise
        return JsonResponse({"text": str(refused), "panel": False}, status=refused.status)
    if wants_json(request):
        return JsonResponse({"text": text, "undo_url": _undo_url(change.pk)})
    return settled(request, text, change.pk, found)


@page(Permission.APPOINTMENT_SEE)
@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """Show the visits that have no time yet, at the edge of the calendar: on top what the hand has just taken out."""
    may_book = may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk)  # type: ignore[arg-type]
    rows = queries.to_place(request.clinic, limit=ON_THE_STRIP, newest_first=True)
    context = {"rows": rows, "count": queries.to_place_count(request.clinic), "may_book": may_book}
    return render(request, "scheduling/strip.html", context, partial="strip")


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def place(request: HttpRequest, unplaced_id: str) -> HttpResponse:
    """Put a visit from the strip down on the calendar."""
    found = queries.unplaced(request.clinic, unplaced_id)
    return _put(
        request,
        lambda **place: services.place_unplaced(
            by=request.user, unplaced=found, request_key=request.POST.get("request_key", "")[:64], at=now(), **place
        ),
        _("Placed: %(patient)s, %(when)s, %(dentist)s."),
        reverse("scheduling:place-again", args=[found.pk]),
    )

"""The worklist of visits to be booked again: who, since when, why; one key finds another time."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import chair as chair_of
from incisor.kernel import live
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.enums import ContactOutcome, GiveUpReason
from incisor.scheduling.forms import MoveForm, wall_time
from incisor.scheduling.models import AppointmentChange, Unplaced
from incisor.scheduling.rules import need_of
from incisor.scheduling.views.booking import settled, when_words
from incisor.scheduling.views.offering import Asking, offers, treatment_of
from incisor.staff.queries import dentist as dentist_of


@page(Permission.APPOINTMENT_SEE)
@require_GET
def to_place(request: HttpRequest) -> HttpResponse:
    """List the visits that have no time, who waits longest first."""
    context = {
        "rows": SimpleLazyObject(lambda: queries.to_place(request.clinic)),
        "count": SimpleLazyObject(lambda: queries.to_place_count(request.clinic)),
        # asked by a part that follows the page: it reads every expected appointment
        "affected_count": SimpleLazyObject(lambda: len(queries.affected_reasons(request.clinic, now()))),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),  # type: ignore[arg-type]
        "may_dial": may(request.user, Permission.PATIENT_UNMASK, request.clinic.pk),  # type: ignore[arg-type]
        "outcomes": ContactOutcome.choices,
        "version": live.version(request.clinic.pk, "day"),
    }
    is_notice = request.headers.get("HX-Target") == "affected-notice"
    return render(request, "scheduling/to_place.html", context, partial="notice" if is_notice else "work")


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def place_again(request: HttpRequest, unplaced_id: str) -> HttpResponse:
    """Offer times for a visit; a digit books it with all that was typed."""
    found = queries.unplaced(request.clinic, unplaced_id)
    at = now()
    given = request.POST if request.method == "POST" else request.GET
    form = MoveForm(given, clinic=request.clinic, today=queries.day_of(request.clinic, at))
    refusal = None
    if request.method == "POST":
        if form.is_valid() and len(form.cleaned_data["slot"]) != 1:
            form.add_error(None, _("Choose one of the times."))
        if form.is_valid():
            try:
                return _placed(request, found, form.cleaned_data, at)
            except services.SlotTaken as taken:
                refusal = taken
            except Refused as refused:
                if refused.status in (403, 404):
                    raise
                form.add_error(None, str(refused))
    context = _place_context(request, found, form, at, refusal)
    is_slots = request.method == "POST" or request.headers.get("HX-Target") == "book-slots"
    status = 200 if request.method == "GET" else 422 if wants_fragment(request) or refusal is None else 409
    return render(
        request, "scheduling/place_again.html", context, partial="slots" if is_slots else "panel", status=status
    )


def _placed(request: HttpRequest, found: Unplaced, data: dict[str, Any], at: datetime) -> HttpResponse:
    slot = data["slot"][0]
    made = services.place_unplaced(
        by=request.user,
        unplaced=found,
        dentist=dentist_of(request.clinic, slot.dentist_id),
        chair=chair_of(request.clinic, slot.chair_id),
        starts_at=slot.starts_at,
        minutes=data["minutes"],
        overbook_reason=data["overbook_reason"],
        at=at,
    )
    text = _("Booked again: %(patient)s, %(when)s, %(dentist)s.") % {
        "patient": shown_name(found.patient),
        "when": when_words(made, request.clinic.zone),
        "dentist": made.dentist.name,
    }
    change: AppointmentChange = queries.changes_of(made)[0]
    return settled(request, text, change.pk, made)


def _place_context(
    request: HttpRequest, found: Unplaced, form: MoveForm, at: datetime, refusal: services.SlotTaken | None
) -> dict[str, Any]:
    _procedures, minutes, dentist, code = treatment_of(form)
    minutes = minutes or found.minutes
    if "dentist" not in (request.POST or request.GET):
        dentist = found.dentist if found.dentist in form.all_dentists else None
    asking = Asking(
        clinic=request.clinic,
        patient=found.patient,
        need=need_of([item.procedure for item in found.items.all()], minutes=minutes),
        dentist=dentist,
        code=code,
        at=at,
        start=wall_time((request.POST or request.GET).get("start", ""), request.clinic),
        more=form.line(),
    )
    return {
        "unplaced": found,
        "patient": found.patient,
        "form": form,
        "chosen_dentist": str(dentist.pk) if dentist else "",
        "action": reverse("scheduling:place-again", args=[found.pk]),
        "minutes": minutes or asking.need.minutes,
        "is_open": found.state == "open",
        "refused_slot": request.POST.get("slot", ""),
        **offers(request, asking, refusal=refusal),
    }


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def contact(request: HttpRequest, unplaced_id: str) -> HttpResponse:
    """Note a try to reach the patient."""
    found = queries.unplaced(request.clinic, unplaced_id)
    outcome = request.POST.get("outcome", "")
    if outcome not in ContactOutcome.values:
        raise services.AlreadySettled(_("This step does not exist here. Reload the page."))
    services.note_contact(by=request.user, unplaced=found, outcome=outcome, at=now())
    return _done(request, f"{shown_name(found.patient)}: {ContactOutcome(outcome).label}")


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def give_up(request: HttpRequest, unplaced_id: str) -> HttpResponse:
    """Ask for the reason by digit; the choice takes the visit off the list, with Undo."""
    found = queries.unplaced(request.clinic, unplaced_id)
    reason = request.POST.get("reason", "")
    if request.method == "POST" and reason in GiveUpReason.values:
        services.give_up_unplaced(by=request.user, unplaced=found, reason=reason, at=now())
        text = _("Given up: %(patient)s.") % {"patient": shown_name(found.patient)}
        return _done(request, text, undo_url=reverse("scheduling:place-take-up", args=[found.pk]))
    context = {
        "unplaced": found,
        "patient": found.patient,
        "reasons": GiveUpReason.choices,
        "action": reverse("scheduling:place-give-up", args=[found.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/give_up.html", context, partial="panel", status=status)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def take_up(request: HttpRequest, unplaced_id: str) -> HttpResponse:
    """Undo giving up."""
    found = queries.unplaced(request.clinic, unplaced_id)
    services.take_up_unplaced(by=request.user, unplaced=found, at=now())
    return _done(request, _("Undone."))


def _done(request: HttpRequest, text: str, *, undo_url: str | None = None) -> HttpResponse:
    if not wants_fragment(request) and undo_url is None and "HX-Request" not in request.headers:
        return redirect(request, reverse("scheduling:to-place"))
    response = toast(HttpResponse(status=204), text, undo_url=undo_url)
    trigger(response, "panel-close")
    return trigger(response, "calendar-changed")

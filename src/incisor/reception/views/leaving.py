"""Before the patient leaves: what is still open, settled or excused by a digit; sheets printed or sent; the next visit."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.billing.queries.next_visit import next_visit_of
from incisor.clinics.queries import chair as chair_of
from incisor.kernel.clock import local, now
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.enums import LeaveReason, Matter
from incisor.reception.forms.chairside import LeaveOpenForm
from incisor.reception.views.answers import done, undo_url_of
from incisor.scheduling.enums import BookingChannel
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries import changes_of
from incisor.scheduling.services import book_appointment
from incisor.staff.queries import dentist as dentist_of
from incisor.visits import queries as visits
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit

AT_THE_DESK = (Permission.MONEY_TAKE, Permission.APPOINTMENT_BOOK)


def leaving_context(request: HttpRequest, visit: Visit, at: datetime, **more: Any) -> dict[str, Any]:
    """Return what the list of what is open shows. The first open matter after the money has the digits."""
    leaving = queries.leaving_of(visit, at)
    first = next((matter for matter in leaving.open if matter != Matter.MONEY), None)
    may_book = may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk)
    wants_slots = leaving.door.wants_next and not leaving.door.has_next and may_book
    wanted = visits.as_read_by(request.user, visit.clinic, leaving.wanted)
    return {
        "visit": visit,
        "leaving": leaving,
        "wanted": wanted,
        "first_open": first,
        "sheets": queries.as_sheets(visit, leaving.sheets),
        "can_send": queries.can_send(visit.clinic, visit.patient),
        "survey": queries.survey_of(visit),
        "is_asked": queries.may_be_asked(visit, at),
        "reasons": {matter.value: queries.reasons_for(matter) for matter in Matter},
        "next_visit": next_visit_of(visit.clinic, visit, wanted, at=at) if wants_slots else None,
        "may_close": may(request.user, Permission.RECEPTION_WORK, request.clinic.pk)
        or may(request.user, Permission.MONEY_TAKE, request.clinic.pk),
        "request_key": str(uuid7()),
        **more,
    }


def draw_leaving(request: HttpRequest, visit: Visit, at: datetime) -> SafeString:
    """Return the list of what is open for the charge sheet of a visit that waits to leave; empty for every other."""
    if visit.status != VisitStatus.TO_PAY:
        return SafeString("")
    context = leaving_context(request, visit, at)
    return mark_safe(render_to_string("reception/_leaving.html", context, request=request))


@require_GET
@page(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def leaving(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show what is still open before the patient leaves."""
    return _show(request, visits.visit(request.clinic, visit_id), now())


def _show(request: HttpRequest, visit: Visit, at: datetime, *, status: int = 200, **more: Any) -> HttpResponse:
    context = leaving_context(request, visit, at, patient=visit.patient, **more)
    if request.headers.get("HX-Target") == f"leaving-{visit.pk}":
        return render_page(request, "reception/_leaving.html", context, status=status)
    return render(request, "reception/leaving.html", context, partial="panel", status=status)


def _settled(request: HttpRequest, visit: Visit, text: str, at: datetime, undo_url: str | None) -> HttpResponse:
    """Close the visit if nothing is left open; else show what is next."""
    step = services.close_if_complete(by=request.user, visit=visit, at=at)
    if step is not None:
        text = _("%(said)s Visit closed.") % {"said": text}
        return _finished(request, text, at, undo_url or undo_url_of(step))
    if not wants_fragment(request):
        return done(request, text, at=at, undo_url=undo_url)
    return toast(trigger(_show(request, visit, at), "live:day"), text, undo_url=undo_url)


def _finished(request: HttpRequest, text: str, at: datetime, undo_url: str | None) -> HttpResponse:
    """Say that the visit is closed: close the panel, or leave the check-out page for the list of who waits to pay."""
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if wants_fragment(request) and here.endswith("/bill/"):
        messages.success(request, text, extra_tags=undo_url or "")
        return redirect(request, reverse("billing:to-pay"))
    return trigger(done(request, text, at=at, undo_url=undo_url), "panel-close")


@require_POST
@page(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def leave_open(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Say why one matter stays open."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = LeaveOpenForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a reason from the list, or write your own."), code="not_understood")
    try:
        row = services.leave_open(by=request.user, visit=visit, at=at, **form.cleaned_data)
    except services.ReasonNotFitting as refusal:
        return _show(request, visit, at, status=422, refusal=str(refusal))
    said = row.words or LeaveReason(row.reason).label
    text = _("%(matter)s stays open: %(reason)s.") % {"matter": Matter(row.matter).label, "reason": said}
    return _settled(request, visit, text, at, reverse("reception:take-back-reason", args=[row.pk]))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def take_back_reason(request: HttpRequest, left_open_id: UUID) -> HttpResponse:
    """Take a reason back; a visit that was closed on it is at the cash desk again."""
    at, row = now(), queries.left_open_row(request.clinic, left_open_id)
    services.take_back_reason(by=request.user, row=row, at=at)
    visit = row.visit
    if visit.status == VisitStatus.DONE:
        last = queries.last_step(visit)
        if last is not None:
            services.undo_step(by=request.user, clinic=request.clinic, step=last, at=at)
    return done(request, _("The reason is taken back."), at=at)


@require_http_methods(["GET", "POST"])
@page(Permission.APPOINTMENT_BOOK)
def next_visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Offer times for the next visit that is wanted; a digit books."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    if request.method == "POST":
        return _book(request, visit, at)
    return _next_panel(request, visit, at)


def _next_panel(request: HttpRequest, visit: Visit, at: datetime, *, status: int = 200, **more: Any) -> HttpResponse:
    wanted = visits.as_read_by(request.user, visit.clinic, visits.next_visit_wanted(visit))
    context = {
        "visit": visit,
        "patient": visit.patient,
        "next_visit": next_visit_of(visit.clinic, visit, wanted, at=at),
        "request_key": str(uuid7()),
        **more,
    }
    return render(request, "reception/next_visit.html", context, partial="panel", status=status)


def _not_booked(request: HttpRequest, visit: Visit, at: datetime, refusal: str) -> HttpResponse:
    """Say why no time was booked, in the list of what is open or in the panel of the times: where the digit was pressed."""
    if request.headers.get("HX-Target") == f"leaving-{visit.pk}":
        return _show(request, visit, at, status=422, refusal=refusal)
    return _next_panel(request, visit, at, status=422, refusal=refusal)


def _book(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    is_chair = visit.status == VisitStatus.IN_CHAIR
    wanted = visits.as_read_by(request.user, visit.clinic, visits.next_visit_wanted(visit))
    try:
        dentist_id, chair_id, moment = request.POST.get("slot", "").split("|")
        starts_at = datetime.fromisoformat(moment)
    except ValueError:
        return _not_booked(request, visit, at, _("Choose one of the times."))
    try:
        made = book_appointment(
            by=request.user,
            clinic=visit.clinic,
            patient=visit.patient,
            dentist=dentist_of(visit.clinic, dentist_id),
            chair=chair_of(visit.clinic, chair_id),
            starts_at=starts_at,
            procedures=[wanted.procedure] if wanted.procedure else [],
            channel=BookingChannel.CHAIR if is_chair else BookingChannel.DESK,
            note=wanted.note,
            request_key=request.POST.get("request_key", "")[:64],
            at=at,
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _not_booked(request, visit, at, str(refusal))
    undo = reverse("scheduling:appointment-undo", args=[changes_of(made)[-1].pk])
    if request.headers.get("HX-Target") == f"leaving-{visit.pk}":
        visit.refresh_from_db(fields=["status"])
        if visit.status == VisitStatus.TO_PAY:
            return toast(trigger(_show(request, visit, at), "live:day"), booked_text(made), undo_url=undo)
        return _finished(request, booked_text(made), at, undo)
    return done(request, booked_text(made), at=at, undo_url=undo)


def booked_text(made: Appointment) -> str:
    """Return what is said of the next visit that was booked."""
    when = local(made.starts_at, made.clinic.zone).strftime("%Y-%m-%d %H:%M")
    return _("Next visit: %(when)s, %(dentist)s.") % {"when": when, "dentist": made.dentist.name}


@require_POST
@page(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK, Permission.MONEY_TAKE))
def sheets_send(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Send the patient a link to the sheets."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    services.send_sheets(by=request.user, visit=visit, at=at)
    text = _("The sheet goes to %(patient)s by message.") % {"patient": shown_name(visit.patient)}
    if visit.status != VisitStatus.TO_PAY:
        return done(request, text, at=at)
    return _settled(request, visit, text, at, None)


@require_POST
@page(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK, Permission.MONEY_TAKE))
def sheets_print(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Note that the sheets are printed, close the visit if that was all, and go on to the sheet."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    services.print_sheets(by=request.user, visit=visit, at=at)
    if may(request.user, Permission.RECEPTION_WORK, request.clinic.pk):
        services.close_if_complete(by=request.user, visit=visit, at=at)
    return redirect(request, f"{reverse('reception:sheets', args=[visit.pk])}?size={_size(request.POST)}")


def _size(given: Any) -> str:
    return "a4" if given.get("size") == "a4" else "a5"


@require_GET
@page(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK, Permission.MONEY_TAKE))
def sheets(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the visit's aftercare sheets on paper of the wanted size."""
    visit = visits.visit(request.clinic, visit_id)
    language = request.GET.get("language", "")
    chosen = language if language in ("zh-hans", "en") else queries.language_of(visit.patient)
    context = {
        "visit": visit,
        "patient": visit.patient,
        "sheets": queries.sheets_of_visit(visit, language=chosen),
        "language": chosen,
        "size": _size(request.GET),
    }
    return render_page(request, "reception/sheets.html", context)

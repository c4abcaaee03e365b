"""Checking in, walk-ins, no-shows; who comes early, late, on another day or after cancelling."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics import queries as clinics
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render, trigger, wants_fragment
from incisor.kernel.spans import minute_of, moment_of
from incisor.kernel.views import refused
from incisor.messaging.queries import public_address
from incisor.patients import queries as patients
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.enums import Act, Situation
from incisor.reception.rules.points import INFO
from incisor.reception.views.answers import done, undo_url_of
from incisor.scheduling import queries as scheduling
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import appointment_of_code
from incisor.staff import queries as staff
from incisor.visits import queries as visits
from incisor.visits.enums import ArrivalChannel, VisitStatus
from incisor.visits.models import Visit

LATE_CHOICES = (10, 20, 30, 45, 60)


def welcome(visit: Visit) -> str:
    """Return what is said when somebody is checked in."""
    return _("%(patient)s is here: number %(number)s.") % {
        "patient": shown_name(visit.patient),
        "number": visit.queue_number,
    }


def received(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    """Answer a check-in: the number, how the patient comes, and what there is to see to; all of it behind one button."""
    words, level = [welcome(visit)], "success"
    told = visits.visit(request.clinic, visit.pk)
    if told.promised_high:
        words.append(_("Wait: %(low)s–%(high)s min.") % {"low": told.promised_low, "high": told.promised_high})
    if visit.appointment is not None and visit.appointment.clinic_id == request.clinic.pk:
        arriving = queries.by_the_clock(request.clinic, visit.appointment, at)
        words += _by_the_clock(arriving)
    check = queries.arrival_check(visit)
    count = sum(1 for _key, one in check.points if one != INFO) if check else 0
    if count:
        level = "warning"
        words.append(ngettext("%(count)s thing to see to.", "%(count)s things to see to.", count) % {"count": count})
    panel = None
    if check is not None or len(words) > 1:
        panel = (reverse("reception:points", args=[visit.pk]), _("Look"))
    undo_url = undo_url_of(queries.last_step(visit))
    return done(request, " ".join(words), at=at, undo_url=undo_url, level=level, panel=panel)


def _by_the_clock(arriving: queries.Arriving) -> list[str]:
    if arriving.situation == Situation.EARLY:
        return [
            ngettext("%(count)s minute early.", "%(count)s minutes early.", arriving.away) % {"count": arriving.away}
        ]
    if arriving.situation in (Situation.LATE, Situation.LATE_TOLD):
        return [ngettext("%(count)s minute late.", "%(count)s minutes late.", arriving.away) % {"count": arriving.away}]
    return []


@require_POST
@page(Permission.RECEPTION_WORK)
def check_in(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Check in whoever has come to an appointment. What does not stand for now opens the panel that says what can be done."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    after_all = request.POST.get("after_all") == "1"
    return _checked_in(request, appointment, at, after_all=after_all)


def _checked_in(
    request: HttpRequest, appointment: Appointment, at: datetime, *, after_all: bool = False, arrival: str = ""
) -> HttpResponse:
    try:
        visit = services.check_in(
            by=request.user,
            appointment=appointment,
            after_all=after_all,
            arrival=arrival or ArrivalChannel.DESK,
            at=at,
        )
    except (services.NotToday, services.WasCancelled) as refusal:
        return _ask_what_to_do(request, appointment, refusal)
    return received(request, visit, at)


def _ask_what_to_do(request: HttpRequest, appointment: Appointment, refusal: Refused) -> HttpResponse:
    response = refused(request, refusal)
    if wants_fragment(request) and request.headers.get("HX-Target") != "panel-body":
        trigger(response, "panel-open", {"url": reverse("reception:arrival", args=[appointment.pk])})
    return response


@require_POST
@page(Permission.RECEPTION_WORK)
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """Take the code of a confirmation: check in, or open the panel that says why not at once and what instead."""
    at = now()
    key = appointment_of_code(code)
    found = queries.appointment_anywhere(key) if key else None
    if found is None:
        raise services.NotAConfirmation(
            _("This code is no confirmation of ours. Ask for the name, or for the last four digits of the phone.")
        )
    if found.clinic_id != request.clinic.pk:
        raise services.NotAConfirmation(_elsewhere(found))
    arriving = queries.arriving(request.clinic, found, at, told_minutes=0)
    if not arriving.handling.checks_in:
        response = trigger(
            HttpResponse(status=204), "panel-open", {"url": reverse("reception:arrival", args=[found.pk])}
        )
        return response if wants_fragment(request) else _arrival_page(request, found, at)
    return _checked_in(request, found, at, arrival=ArrivalChannel.QR)


def _elsewhere(found: Appointment) -> str:
    """Return where somebody is expected: the clinic alone, nothing about the person."""
    where = " ".join(filter(None, (found.clinic.name, found.clinic.address, found.clinic.phone)))
    return _("This confirmation is of another clinic: %(clinic)s. Call there, or take the patient as a walk-in.") % {
        "clinic": where
    }


@require_GET
@page(Permission.RECEPTION_WORK)
def arrival(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Show how somebody comes, against what is booked, and what can be done at once."""
    return _arrival_page(request, scheduling.appointment(request.clinic, appointment_id), now())


def _arrival_page(request: HttpRequest, appointment: Appointment, at: datetime) -> HttpResponse:
    clinic = request.clinic
    arriving = queries.arriving(clinic, appointment, at, with_gaps=True)
    patient = patients.patient(clinic, appointment.patient_id)
    appointment.patient = patient
    care = queries.care_of_appointment(clinic, appointment, at)
    points = queries.points_at_arrival(clinic, patient, at, appointment=appointment, care=care)
    word = queries.late_word_of(clinic, appointment)
    context = {
        "arriving": arriving,
        "appointment": appointment,
        "patient": patient,
        "gaps": _gap_choices(arriving),
        "acts": set(arriving.acts),
        "Act": Act,
        "care": care,
        "lines": queries.point_lines(points, clinic=clinic, patient=patient),
        "late_choices": LATE_CHOICES
        if arriving.situation in (Situation.ON_TIME, Situation.EARLY, Situation.LATE)
        else (),
        "word": word,
        "may_health": may(request.user, Permission.PATIENT_HEALTH, clinic.pk),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),
        "can_send": arriving.handling.checks_in and arriving.visit is None and bool(public_address(clinic)),
    }
    return render(request, "reception/arrival.html", context, partial="panel")


def _gap_choices(arriving: queries.Arriving) -> list[dict[str, Any]]:
    return [
        {"slot": slot, "value": f"{slot.dentist.pk}_{slot.chair.pk}_{minute_of(slot.starts_at)}"}
        for slot in arriving.gaps
    ]


@require_POST
@page(Permission.RECEPTION_WORK)
def take_gap(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Let somebody who is here take a free time of today."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    dentist, chair, starts_at = slot_of(request, request.POST.get("slot", ""))
    visit = services.take_gap(
        by=request.user, appointment=appointment, dentist=dentist, chair=chair, starts_at=starts_at, at=at
    )
    return received(request, visit, at)


def slot_of(request: HttpRequest, value: str) -> tuple[Any, Any, datetime]:
    """Return dentist, chair and moment of a button that stands for a free time. Raises Refused, NotFound."""
    dentist_id, _sign, rest = value.partition("_")
    chair_id, _sign, minute = rest.partition("_")
    keys = as_uuid(dentist_id), as_uuid(chair_id)
    if None in keys or not minute.isdigit() or len(minute) > 9:
        raise Refused(_("Choose one of the times."), code="not_understood")
    return staff.dentist(request.clinic, keys[0]), clinics.chair(request.clinic, keys[1]), moment_of(int(minute))


@require_GET
@page(Permission.RECEPTION_WORK)
def points(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show what there is to see to with somebody who is here, as it is now."""
    at, clinic = now(), request.clinic
    visit = visits.visit(clinic, visit_id)
    care = queries.care_of_visit(clinic, visit, at)
    found = queries.points_at_arrival(clinic, visit.patient, at, care=care)
    came = queries.by_the_clock(clinic, visit.appointment, visit.arrived_at) if visit.appointment else None
    if came is not None and Act.GAP in came.acts and visit.status == VisitStatus.WAITING:
        came = queries.other_times(clinic, came, at)
    context = {
        "visit": visit,
        "patient": visit.patient,
        "arriving": came,
        "gaps": _gap_choices(came) if came else [],
        "lines": queries.point_lines(found, clinic=clinic, patient=visit.patient, visit=visit),
        "care": care,
        "check": queries.arrival_check(visit),
        "may_health": may(request.user, Permission.PATIENT_HEALTH, clinic.pk),
    }
    return render(request, "reception/points.html", context, partial="panel")


@require_POST
@page(Permission.RECEPTION_WORK)
def see_points(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Note that somebody has seen to it."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    services.see_points(by=request.user, visit=visit, at=at)
    return done(request, _("Seen to."), at=at, undo_url=reverse("reception:points-reopen", args=[visit.pk]))


@require_POST
@page(Permission.RECEPTION_WORK)
def reopen_points(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Take back that somebody has seen to it."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    services.see_points(by=request.user, visit=visit, seen=False, at=at)
    return done(request, _("Open again."), at=at)


@require_POST
@page(Permission.RECEPTION_WORK)
def note_late(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Note that somebody comes later."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    typed = request.POST.get("minutes", "")
    word = services.note_late(
        by=request.user, appointment=appointment, minutes=int(typed) if typed.isdigit() and len(typed) < 4 else 0, at=at
    )
    text = _("%(patient)s comes %(minutes)s minutes later.") % {
        "patient": shown_name(appointment.patient),
        "minutes": word.minutes,
    }
    return done(request, text, at=at, undo_url=reverse("reception:late-end", args=[word.pk]))


@require_POST
@page(Permission.RECEPTION_WORK)
def send_link(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Send the patient a link to check in with."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    services.send_check_in_link(by=request.user, appointment=appointment, at=at)
    return done(request, _("The link to check in goes out; it holds for half an hour."), at=at)


@require_POST
@page(Permission.RECEPTION_WORK)
def end_late_word(request: HttpRequest, word_id: UUID) -> HttpResponse:
    """Take back that somebody comes later."""
    at = now()
    services.end_late_word(by=request.user, word=queries.late_word(request.clinic, word_id), at=at)
    return done(request, _("Expected at the appointed time again."), at=at)


@require_POST
@page(Permission.RECEPTION_WORK)
def no_show(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Record that somebody did not come."""
    at = now()
    appointment = scheduling.appointment(request.clinic, appointment_id)
    change = services.record_no_show(by=request.user, appointment=appointment, at=at)
    text = _("%(patient)s did not come; the time is free.") % {"patient": shown_name(appointment.patient)}
    return done(request, text, at=at, undo_url=reverse("reception:undo-no-show", args=[change.pk]))


@require_POST
@page(Permission.RECEPTION_WORK)
def undo_no_show(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Expect the patient again."""
    at = now()
    change = scheduling.change(request.clinic, change_id)
    services.undo_no_show(by=request.user, clinic=request.clinic, change=change, at=at)
    return done(request, _("Expected again."), at=at)

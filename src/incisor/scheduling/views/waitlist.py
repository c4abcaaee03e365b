"""The waitlist: offers to answer, freed times, who waits; entering a wish, taking one off, the rules."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import live
from incisor.kernel.clock import local, now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.spans import minute_of
from incisor.patients.models import Patient
from incisor.patients.queries import patient as patient_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.enums import LeaveReason, OfferChannel
from incisor.scheduling.forms.waitlist import WaitlistRulesForm, WishForm
from incisor.scheduling.models import Appointment, AppointmentChange, SlotOffer
from incisor.scheduling.rules import Filter, need_of, parse_filter
from incisor.scheduling.views.booking import when_words
from incisor.scheduling.views.offering import chips

WRITTEN = frozenset({"sms", "wechat"})
FILL_RATE_DAYS = 90


@page(Permission.APPOINTMENT_SEE)
@require_GET
def waitlist(request: HttpRequest) -> HttpResponse:
    """Show the offers to answer, the freed times that nobody is asked about, and who waits in turn."""
    at = now()
    today = queries.day_of(request.clinic, at)
    context = {
        "offers": queries.open_offers(request.clinic),
        "slots": queries.freed_slots(request.clinic, at),
        "wishes": queries.waiting(request.clinic),
        "rate": queries.fill_rate(request.clinic, today - timedelta(days=FILL_RATE_DAYS), today),
        "rate_days": FILL_RATE_DAYS,
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),  # type: ignore[arg-type]
        "may_dial": may(request.user, Permission.PATIENT_UNMASK, request.clinic.pk),  # type: ignore[arg-type]
        "may_rule": may(request.user, Permission.CLINIC_EDIT, request.clinic.pk),  # type: ignore[arg-type]
        "version": live.version(request.clinic.pk, "day"),
    }
    return render(request, "scheduling/waitlist.html", context, partial="work")


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def wish_new(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Let a patient wait for an earlier time, of a booking or at all."""
    patient, at = patient_of(request.clinic, patient_id), now()
    given = request.POST if request.method == "POST" else request.GET
    booked = _booked(request, patient, given.get("appointment", ""))
    form = WishForm(given, clinic=request.clinic, today=queries.day_of(request.clinic, at))
    if request.method == "POST" and form.is_valid():
        try:
            return _entered(request, patient, booked, form, at)
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
    return _wish_form(request, patient, booked, form, at)


def _booked(request: HttpRequest, patient: Patient, appointment_id: str) -> Appointment | None:
    """The patient's own booking that is named, else the next one; None when there is none."""
    if appointment_id == "none":
        return None
    if appointment_id:
        found = queries.appointment(request.clinic, appointment_id)
        return found if found.patient_id == patient.pk else None
    return next(iter(queries.upcoming_of(request.clinic, patient, now())), None)


def _treatment(request: HttpRequest, patient: Patient, booked: Appointment | None, form: WishForm) -> tuple[Any, int]:
    """What is to be done and how long: as typed, else as booked, else what is planned for the patient."""
    data = getattr(form, "cleaned_data", {})
    procedures = data.get("procedures") or (
        [item.procedure for item in booked.items.all()]
        if booked
        else queries.preset_procedures(request.clinic, patient, today=queries.day_of(request.clinic, now()))
    )
    usual = minute_of(booked.ends_at) - minute_of(booked.starts_at) if booked and not data.get("procedures") else None
    return procedures, data.get("minutes") or usual or need_of(procedures).minutes


def _wanted(form: WishForm, booked: Appointment | None, at: datetime) -> Filter:
    """The days that are meant: as typed; else any day before the booking; else two weeks."""
    data = getattr(form, "cleaned_data", {})
    code = f"{data.get('code', '')} {form.line()}"
    wanted = parse_filter(code, today=form.today)
    has_days = set("townx") & set(wanted.letters) or " d" in f" {wanted.words}"
    if booked is None or has_days:
        return wanted
    return replace(wanted, first=form.today, last=local(booked.starts_at, form.clinic.zone).date())


def _entered(
    request: HttpRequest, patient: Patient, booked: Appointment | None, form: WishForm, at: datetime
) -> HttpResponse:
    data = form.cleaned_data
    procedures, minutes = _treatment(request, patient, booked, form)
    wish = services.put_on_waitlist(
        by=request.user,
        clinic=request.clinic,
        patient=patient,
        appointment=booked,
        procedures=procedures,
        minutes=minutes,
        wanted=_wanted(form, booked, at),
        dentist=data["dentist"],
        is_open_ended=data["is_open_ended"],
        notice_minutes=data["notice_minutes"],
        channel=data["offered_by"],
        is_urgent=data["is_urgent"],
        need=data["need"],
        note=data["note"],
        at=at,
    )
    text = _("%(patient)s waits for an earlier time.") % {"patient": shown_name(patient)}
    return _done(request, text, undo_url=reverse("scheduling:wish-leave", args=[wish.pk]) + "?reason=mistake")


def _wish_form(
    request: HttpRequest, patient: Patient, booked: Appointment | None, form: WishForm, at: datetime
) -> HttpResponse:
    form.is_valid()
    procedures, minutes = _treatment(request, patient, booked, form)
    code = getattr(form, "cleaned_data", {}).get("code", "")
    context = {
        "patient": patient,
        "booked": booked,
        "form": form,
        "chosen": str(procedures[0].pk) if procedures else "",
        "minutes": minutes,
        "wanted": _wanted(form, booked, at),
        "chips": chips(parse_filter(code, today=form.today), without="sfrbu"),
        "offered_by": request.POST.get("offered_by")
        or (OfferChannel.MESSAGE if patient.contact_channel in WRITTEN and patient.phone else OfferChannel.CALL),
        "notice": request.POST.get("notice_minutes") or "120",
        "waits": queries.wishes_of(request.clinic, patient),
        "action": reverse("scheduling:wish-new", args=[patient.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/wish_new.html", context, partial="panel", status=status)


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, wish_id: str) -> HttpResponse:
    """Ask by digit why a wish is taken off; the choice takes it off, with Undo."""
    found = queries.wish(request.clinic, wish_id)
    reason = request.POST.get("reason", "") or request.GET.get("reason", "")
    if request.method == "POST" and reason in LeaveReason.values:
        services.leave_waitlist(by=request.user, wish=found, reason=reason, at=now())
        text = _("%(patient)s does not wait any more.") % {"patient": shown_name(found.patient)}
        return _done(request, text, undo_url=reverse("scheduling:wish-return", args=[found.pk]))
    context = {
        "patient": found.patient,
        "reasons": LeaveReason.choices,
        "heading": _("Take off the waitlist"),
        "action": reverse("scheduling:wish-leave", args=[found.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/give_up.html", context, partial="panel", status=status)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def back(request: HttpRequest, wish_id: str) -> HttpResponse:
    """Undo taking a wish off."""
    services.return_to_waitlist(by=request.user, wish=queries.wish(request.clinic, wish_id), at=now())
    return _done(request, _("Undone."))


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def answer(request: HttpRequest, offer_id: str) -> HttpResponse:
    """Note what the patient said to an offer: yes, no, or nothing."""
    found, said = queries.offer(request.clinic, offer_id), request.POST.get("said", "")
    if said == "yes":
        return _accepted(request, found)
    if said == "back":
        services.take_back_offer(by=request.user, offer=found, at=now())
        return _done(request, _("The offer is taken back; the time is free."))
    if said not in ("no", "silent"):
        raise services.OfferEnded(_("This step does not exist here. Reload the page."))
    following = services.refuse_offer(by=request.user, offer=found, is_silent=said == "silent", at=now())
    if following is None:
        return _done(request, _("Nobody else on the waitlist fits; the time is free."))
    text = _("Next in turn: %(patient)s.") % {"patient": shown_name(following.wish.patient)}
    return _done(request, text)


def _accepted(request: HttpRequest, found: SlotOffer) -> HttpResponse:
    made = services.accept_offer(by=request.user, offer=found, at=now())
    change = made if isinstance(made, AppointmentChange) else queries.changes_of(made)[0]
    appointment = made.appointment if isinstance(made, AppointmentChange) else made
    text = _("Accepted: %(patient)s, %(when)s.") % {
        "patient": shown_name(found.wish.patient),
        "when": when_words(appointment, request.clinic.zone),
    }
    return _done(request, text, undo_url=reverse("scheduling:appointment-undo", args=[change.pk]))


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def offer(request: HttpRequest, slot_id: str) -> HttpResponse:
    """Offer a freed time to whose turn it is."""
    made = services.offer_slot(by=request.user, slot=queries.freed_slot(request.clinic, slot_id), at=now())
    return _done(request, _("Offered to %(patient)s.") % {"patient": shown_name(made.wish.patient)})


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Change how freed times are offered."""
    current = queries.waitlist_rules(request.clinic)
    initial = {name: getattr(current, name) for name in WaitlistRulesForm.base_fields}
    form = WaitlistRulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_waitlist_rules(by=request.user, clinic=request.clinic, at=now(), **form.cleaned_data)
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
        else:
            return redirect(request, reverse("scheduling:waitlist"))
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/waitlist_rules.html", {"form": form}, status=status)


def _done(request: HttpRequest, text: str, *, undo_url: str | None = None) -> HttpResponse:
    if not wants_fragment(request) and "HX-Request" not in request.headers:
        return redirect(request, reverse("scheduling:waitlist"))
    response = toast(HttpResponse(status=204), text, undo_url=undo_url)
    trigger(response, "panel-close")
    return trigger(response, "calendar-changed")

"""The booking panel: proposals over all dentists, one digit books, Undo instead of Save."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.models import Procedure
from incisor.clinics.queries import chair as chair_of
from incisor.kernel.clock import local, now
from incisor.kernel.errors import Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.patients.models import Patient
from incisor.patients.queries import find, shown_name
from incisor.patients.queries import patient as patient_of
from incisor.scheduling import queries, services
from incisor.scheduling.forms import BookingForm, NewPatientForm, wall_time
from incisor.scheduling.hooks import booking_warnings
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import need_of, parse_filter
from incisor.scheduling.views.holds import held, hold_of
from incisor.scheduling.views.offering import Asking, offers, treatment_of
from incisor.staff.queries import dentist as dentist_of

TEMPLATE = "scheduling/book.html"


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def book_panel(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Book for a known patient."""
    patient = patient_of(request.clinic, patient_id)
    return _book(request, patient) if request.method == "POST" else _offer(request, patient)


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Book for somebody to be found by name or phone, or for a new patient."""
    if request.method == "POST":
        return _book(request, None)
    if request.headers.get("HX-Target") == "book-people":
        return render(request, TEMPLATE, like_named(request), partial="people")
    return _offer(request, None)


def like_named(request: HttpRequest) -> dict[str, Any]:
    """Patients whom the typed words may mean, each with the way to book the same time for them."""
    words = request.GET.get("name", "").strip()
    kept = {key: request.GET[key] for key in ("start", "dentist", "chair", "code") if request.GET.get(key)}
    hits = find(request.clinic, words, at=now(), limit=5) if len(words) > 1 else []
    people = [hit.patient for hit in hits]
    return {"people": people, "kept": urlencode(kept), "words": words}


def _chosen(request: HttpRequest, form: BookingForm, given: Any, who: Patient | None) -> tuple[list[Any], bool]:
    """Return the treatments, and whether somebody chose them: what was only proposed follows who comes."""
    chosen = treatment_of(form)[0]
    if chosen and ",".join(str(row.pk) for row in chosen) != given.get("proposed", ""):
        return chosen, True
    return queries.preset_procedures(request.clinic, who, today=form.today), False


def _asking(
    request: HttpRequest,
    patient: Patient | None,
    form: BookingForm,
    given: Any,
    chosen: Sequence[Any],
    *,
    is_list: bool = False,
) -> Asking:
    _procedures, minutes, dentist, code = treatment_of(form)
    start = wall_time(given.get("start", ""), request.clinic)
    chair_id = as_uuid(given.get("chair", ""))
    is_urgent = parse_filter(f"{code} {form.line()}", today=form.today).is_urgent
    return Asking(
        clinic=request.clinic,
        patient=patient,
        need=need_of(chosen, minutes=minutes, is_urgent=is_urgent),
        dentist=dentist,
        code=code,
        at=now(),
        start=start,
        chair=chair_of(request.clinic, chair_id) if chair_id else None,
        more=form.line(),
        is_list=is_list,
        hold=hold_of(request, given.get("hold", "")),
    )


def booking_context(
    request: HttpRequest,
    patient: Patient | None,
    form: BookingForm,
    given: Any,
    *,
    is_list: bool = False,
    **more: Any,
) -> dict[str, Any]:
    is_family = parse_filter(treatment_of(form)[3], today=form.today).is_family
    coming = _coming(request, patient, given) if patient is not None and is_family else None
    chosen, is_own_choice = _chosen(request, form, given, coming[0] if coming else patient)
    proposed = given.get("proposed", "") if is_own_choice else ",".join(str(row.pk) for row in chosen)
    asking = _asking(request, patient, form, given, chosen, is_list=is_list)
    return {
        "patient": patient,
        "form": form,
        "action": reverse("scheduling:book-panel", args=[patient.pk]) if patient else reverse("scheduling:book"),
        "find_url": reverse("scheduling:find-for", args=[patient.pk]) if patient else reverse("scheduling:find"),
        "chosen": [str(row.pk) for row in chosen],
        "proposed": proposed,
        "is_treatment_swapped": "proposed" in given and proposed != given["proposed"],
        "minutes": asking.need.minutes,
        "start": given.get("start", ""),
        "chair": asking.chair,
        "request_key": given.get("request_key") or uuid7().hex,
        "hold": asking.hold,
        "target": "book-slots",
        "verb": _("Book"),
        "warnings": _warnings(request, patient, chosen),
        "upcoming": SimpleLazyObject(
            lambda: queries.upcoming_of(request.clinic, patient, asking.at) if patient else []
        ),
        **offers(request, asking, refusal=more.pop("refusal", None), coming=coming),
        **more,
    }


def _warnings(request: HttpRequest, patient: Patient | None, procedures: Sequence[Procedure]) -> list[dict[str, str]]:
    """What upper apps say must be known before this patient is booked for these treatments."""
    if patient is None:
        return []
    return [
        {"level": level, "text": text}
        for source in booking_warnings
        if source.permission is None or may(request.user, source.permission, request.clinic.pk)
        for level, text in source.find(request.clinic, patient, procedures, now())
    ]


def _offer(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    form = BookingForm(request.GET, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    context = booking_context(request, patient, form, request.GET, new=NewPatientForm(initial=request.GET.dict()))
    is_slots = request.headers.get("HX-Target") == "book-slots"
    return render(request, TEMPLATE, context, partial="slots" if is_slots else "panel")


def _book(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    form = BookingForm(request.POST, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    new = NewPatientForm(request.POST)
    is_new_in_order = patient is not None or new.is_valid()
    if not form.is_valid() or not is_new_in_order or not form.cleaned_data["slot"]:
        if form.is_valid() and is_new_in_order:
            form.add_error(None, _("Choose one of the times."))
        return _again(request, patient, form, new, **_kept(request, patient, form))
    try:
        made = _made(request, patient, form.cleaned_data, new)
    except services.SlotTaken as refusal:
        return _again(request, patient, form, new, refusal=refusal, refused_slot=request.POST.get("slot", ""))
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, str(refusal))
        return _again(request, patient, form, new, **_kept(request, patient, form))
    return booked(request, *made)


def _kept(request: HttpRequest, patient: Patient | None, form: BookingForm) -> dict[str, Any]:
    """Keep the picked time while the person types what is missing, or looks at who else has that name."""
    data = getattr(form, "cleaned_data", {})
    if len(data.get("slot") or ()) != 1:
        return {}
    slot = data["slot"][0]
    hold = held(request, slot, procedures=data["procedures"], minutes=data["minutes"], patient=patient)
    return {"hold": hold, "held_slot": request.POST.get("slot", "")} if hold else {}


def _made(
    request: HttpRequest, patient: Patient | None, data: dict[str, Any], new: NewPatientForm
) -> list[Appointment]:
    places = [
        (dentist_of(request.clinic, slot.dentist_id), chair_of(request.clinic, slot.chair_id), slot.starts_at)
        for slot in data["slot"]
    ]
    form_day = queries.day_of(request.clinic, now())
    is_family = parse_filter(data["code"], today=form_day).is_family
    party = _coming(request, patient, request.POST) if patient is not None and is_family else None
    booking = {
        "by": request.user,
        "clinic": request.clinic,
        "minutes": data["minutes"],
        "procedures": data["procedures"]
        or queries.preset_procedures(request.clinic, party[0] if party else patient, today=form_day),
        "channel": data["channel"],
        "need": data["need"],
        "note": data["note"],
        "overbook_reason": data["overbook_reason"],
        "request_key": data["request_key"],
        "at": now(),
    }
    if len(places) != len(party or places[:1]):
        raise NotTogether(_("Choose the times again: the family has changed."))
    if party is not None and len(party) > 1:
        return services.book_together(
            places=[(who, *place) for who, place in zip(party, places, strict=True)], **booking
        )
    booking |= dict(zip(("dentist", "chair", "starts_at"), places[0], strict=True))
    booking["hold"] = hold_of(request, request.POST.get("hold", ""))
    booking["is_urgent"] = parse_filter(data["code"], today=queries.day_of(request.clinic, now())).is_urgent
    if patient is not None:
        return [services.book_appointment(patient=party[0] if party else patient, **booking)]
    return [services.book_new_patient(name=new.cleaned_data["name"], phone=new.cleaned_data["phone"], **booking)]


class NotTogether(Refused):
    """The times on the button are for other people than those ticked."""

    code = "not_together"


def _coming(request: HttpRequest, patient: Patient, given: Any) -> list[Patient]:
    """Who is ticked, the patient first; before anybody has ticked or unticked, whom one would expect."""
    today = queries.day_of(request.clinic, now())
    rows = queries.relatives_of(patient, today)
    if "with" not in given:
        return queries.usual_party(patient, rows, today)
    ticked = set(given.getlist("with"))
    found = [who for who in (patient, *(row.patient for row in rows)) if str(who.pk) in ticked]
    return found[: queries.MOST_PEOPLE] or [patient]


def _again(
    request: HttpRequest, patient: Patient | None, form: BookingForm, new: NewPatientForm, **more: Any
) -> HttpResponse:
    """Show the panel again with what was typed and what is wrong."""
    context = booking_context(request, patient, form, request.POST, new=new, **more)
    if more.get("refusal") is not None:
        # the key of a refused request may be used again; what the slot's button sent is kept for booking anyway
        context["request_key"] = request.POST.get("request_key", "")
    status = 422 if wants_fragment(request) or more.get("refusal") is None else 409
    return render(request, TEMPLATE, context, partial="slots", status=status)


def when_words(appointment: Appointment, zone: str) -> str:
    """Return "Tue 3 March 10:30" in the clinic's time and the reader's language."""
    return date_format(local(appointment.starts_at, zone), pgettext("day and time", "D j M, H:i"))


def booked(request: HttpRequest, *made: Appointment) -> HttpResponse:
    """Answer a booking: a toast with Undo where the person is, or the calendar of that day."""
    first = made[0]
    text = _("Booked: %(patient)s, %(when)s, %(dentist)s.") % {
        "patient": pgettext("between names", ", ").join(shown_name(one.patient) for one in made),
        "when": when_words(first, request.clinic.zone),
        "dentist": pgettext("between names", ", ").join(dict.fromkeys(one.dentist.name for one in made)),
    }
    changes = [queries.changes_of(one)[-1].pk for one in made]
    return settled(request, text, changes[0], first, also=changes[1:])


def book_again_url(patient_id: Any, *, procedures: list[Any], minutes: int | None, dentist_id: Any, need: str) -> str:
    """Return the address of the booking panel, filled in."""
    values: dict[str, Any] = {
        "procedures": [str(one) for one in procedures], "minutes": minutes, "dentist": dentist_id, "need": need,
    }  # fmt: skip
    query = urlencode({key: value for key, value in values.items() if value}, doseq=True)
    return f"{reverse('scheduling:book-panel', args=[patient_id])}?{query}"


def settled(
    request: HttpRequest,
    text: str,
    change_id: Any,
    appointment: Appointment,
    *,
    also: Sequence[Any] = (),
    undo_url: str = "",
    panel: tuple[str, Any] | None = None,
) -> HttpResponse:
    """Say what was done, with Undo; close the panel, or go back to the calendar from a page of its own.

    also: further changes that the same Undo takes back. undo_url: where Undo posts to, if not to the change's own.
    panel: URL and words of what may be done next.
    """
    undo_url = undo_url or reverse("scheduling:appointment-undo", args=[change_id])
    if also:
        undo_url += "?also=" + ",".join(map(str, also))
    came_from = urlsplit(request.headers.get("HX-Current-URL", "")).path
    # what was done on a page of its own leads to the calendar; a worklist stays, so that the next row can be done
    is_own_page = came_from.startswith(("/book/", "/appointments/")) and came_from != reverse("scheduling:affected")
    if wants_fragment(request) and not is_own_page:
        response = toast(HttpResponse(status=204), text, undo_url=undo_url, panel=panel)
        trigger(response, "panel-close")
        return trigger(response, "calendar-changed")
    messages.success(request, text, extra_tags=undo_url)
    day = local(appointment.starts_at, request.clinic.zone).date()
    return redirect(request, f"{reverse('scheduling:calendar')}?day={day.isoformat()}")

"""Series of visits: all of them in one list, booked with one digit; shifted and cancelled together."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import chair as chair_of
from incisor.kernel.clock import local, now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.patients.models import Patient
from incisor.patients.queries import patient as patient_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.enums import CancelReason
from incisor.scheduling.forms import SlotField
from incisor.scheduling.forms.series import MISSING, SeriesForm
from incisor.scheduling.models import Appointment, SeriesTemplate, SeriesVisit
from incisor.scheduling.queries import SeriesOffer
from incisor.scheduling.rules import parse_filter
from incisor.scheduling.rules.series import Days, out_of_step
from incisor.scheduling.views.booking import settled, when_words
from incisor.scheduling.views.offering import chips, slot_value
from incisor.staff.queries import dentist as dentist_of


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def book_series(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Offer times for a whole series; a digit books all of it."""
    patient, at = patient_of(request.clinic, patient_id), now()
    given = request.POST if request.method == "POST" else request.GET
    templates = queries.series_templates(request.clinic)
    form = SeriesForm(given, clinic=request.clinic, today=queries.day_of(request.clinic, at), templates=templates)
    template = _template(request, patient, form, templates)
    refusal = None
    if request.method == "POST" and form.is_valid() and template is not None:
        if not form.cleaned_data["slot"]:
            form.add_error(None, _("Choose one of the times."))
        else:
            try:
                return _booked(request, patient, template, form, at)
            except services.SlotTaken as taken:
                refusal = _("Visit %(number)s: %(reason)s") % {
                    "number": taken.details.get("position", 1),
                    "reason": " ".join(taken.details["texts"]),
                }
            except Refused as refused:
                if refused.status in (403, 404):
                    raise
                form.add_error(None, str(refused))
    context = _context(request, patient, form, template, at, refusal)
    is_slots = request.method == "POST" or request.headers.get("HX-Target") == "book-slots"
    status = 422 if request.method == "POST" else 200
    return render(
        request, "scheduling/book_series.html", context, partial="slots" if is_slots else "panel", status=status
    )


def _template(
    request: HttpRequest, patient: Patient, form: SeriesForm, templates: list[SeriesTemplate]
) -> SeriesTemplate | None:
    """The series chosen, else the one that begins with what is planned for the patient, else the first."""
    form.is_valid()
    chosen: SeriesTemplate | None = getattr(form, "cleaned_data", {}).get("series")
    if chosen is not None:
        return chosen
    planned = {
        row.pk
        for row in queries.preset_procedures(request.clinic, patient, today=queries.day_of(request.clinic, now()))
    }
    begins = (row for row in templates if any(step.procedure_id in planned for step in list(row.steps.all())[:1]))
    return next(begins, None) or next(iter(templates), None)


def _context(
    request: HttpRequest,
    patient: Patient,
    form: SeriesForm,
    template: SeriesTemplate | None,
    at: datetime,
    refusal: str | None,
) -> dict[str, Any]:
    data = getattr(form, "cleaned_data", {})
    code = data.get("code") or ""
    wanted = parse_filter(f"{code} {form.line()}", today=form.today)
    offers: list[SeriesOffer] = []
    if template is not None:
        offers = queries.series_proposals(
            request.clinic, patient=patient, visits=queries.planned_visits(template), wanted=wanted, now=at,
            dentist=data.get("dentist"), is_same_dentist=template.is_same_dentist,
        )  # fmt: skip
    return {
        "patient": patient,
        "form": form,
        "template": template,
        "is_chinese": (get_language() or "").startswith("zh"),
        "options": [_option(offer, template) for offer in offers if template is not None],
        "wanted": wanted,
        "chips": chips(parse_filter(code, today=form.today), without="frbu"),
        "refusal": refusal,
        "request_key": form.data.get("request_key") or uuid7().hex,
        "action": reverse("scheduling:book-series", args=[patient.pk]),
    }


def _option(offer: SeriesOffer, template: SeriesTemplate) -> dict[str, Any]:
    steps = list(template.steps.all())
    return {
        "value": "+".join(slot_value(slot) if slot else MISSING for slot in offer.slots),
        "due": ",".join(day.isoformat() for day in offer.due),
        "first": offer.slots[0],
        "visits": [
            {"slot": slot, "step": step, "due": due, "is_late": position in offer.late}
            for position, (slot, step, due) in enumerate(zip(offer.slots, steps, offer.due, strict=True))
        ],
    }


def _place(request: HttpRequest, slot: Any) -> services.Place | None:
    if slot is None:
        return None
    return services.Place(
        dentist_of(request.clinic, slot.dentist_id), chair_of(request.clinic, slot.chair_id), slot.starts_at
    )


def _due(text: str) -> list[date]:
    days = []
    for part in text.split(",")[: queries.MOST_STEPS]:
        try:
            days.append(date.fromisoformat(part))
        except ValueError:
            return []
    return days


def _booked(
    request: HttpRequest, patient: Patient, template: SeriesTemplate, form: SeriesForm, at: datetime
) -> HttpResponse:
    data = form.cleaned_data
    value = form.data.get("slot", "")
    series, made = services.book_series(
        by=request.user,
        clinic=request.clinic,
        patient=patient,
        template=template,
        places=[_place(request, slot) for slot in data["slot"]],
        due=_due(form.data.get(f"due-{value}", "")),
        channel=data["channel"],
        note=data["note"],
        request_key=data["request_key"],
        at=at,
    )
    text = ngettext("Booked: %(patient)s, %(n)s visit, from %(when)s.", "Booked: %(patient)s, %(n)s visits, from %(when)s.", len(made)) % {
        "patient": shown_name(patient), "n": len(made), "when": when_words(made[0], request.clinic.zone),
    }  # fmt: skip
    missing = len(data["slot"]) - len(made)
    if missing:
        text += " " + ngettext("%(n)s waits to be placed.", "%(n)s wait to be placed.", missing) % {"n": missing}
    return settled(request, text, None, made[0], undo_url=reverse("scheduling:series-undo", args=[series.pk]))


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def undo(request: HttpRequest, series_id: str) -> HttpResponse:
    """Take back a series that was just booked."""
    services.undo_series(by=request.user, series=queries.series(request.clinic, series_id), at=now())
    if not wants_fragment(request):
        return redirect(request, reverse("scheduling:calendar"))
    return trigger(toast(HttpResponse(status=204), _("Undone.")), "calendar-changed")


@page(Permission.APPOINTMENT_SEE)
@require_GET
def series(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show a series with all its visits, as a panel or a page."""
    found, at = queries.series(request.clinic, series_id), now()
    visits = queries.visits_of(found)
    rest = _rest(visits, int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else None, at)
    days = [
        local(row.appointment.starts_at, request.clinic.zone).date()
        if row.appointment and row.appointment.status not in ("cancelled", "no_show", "rescheduled")
        else None
        for row in visits
    ]
    apart = [Days(row.min_days, row.ideal_days, row.max_days) for row in visits]
    wrong = set(out_of_step(days, apart))
    context = {
        "series": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "visits": [{"visit": row, "is_out_of_step": number in wrong} for number, row in enumerate(visits)],
        "rest": rest,
        "after": request.GET.get("after", ""),
        "reasons": CancelReason.choices,
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "scheduling/series.html", context, partial="panel")


def _rest(visits: list[SeriesVisit], after: int | None, at: datetime) -> list[Appointment]:
    """The appointments still to come, those after a position when it is given."""
    return [
        row.appointment
        for row in visits
        if row.appointment is not None
        and row.appointment.status in ("requested", "confirmed")
        and row.appointment.starts_at > at
        and (after is None or row.position > after)
    ]


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def cancel_rest(request: HttpRequest, series_id: str) -> HttpResponse:
    """Cancel what is still to come of a series, with one reason and one Undo."""
    found, at = queries.series(request.clinic, series_id), now()
    reason, after = request.POST.get("reason", ""), request.POST.get("after", "")
    rest = _rest(queries.visits_of(found), int(after) if after.isdecimal() else None, at)
    if reason not in CancelReason.values or not rest:
        raise services.SeriesImpossible(_("Nothing of this series is still to come."))
    changes = services.cancel_visits(by=request.user, clinic=request.clinic, appointments=rest, reason=reason, at=at)
    text = ngettext("Cancelled: %(n)s visit.", "Cancelled: %(n)s visits.", len(changes)) % {"n": len(changes)}
    return settled(request, text, changes[0].pk, rest[0], also=[change.pk for change in changes[1:]])


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def shift(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Offer new times for the visits that follow a moved one; a digit moves them all."""
    found, at = queries.appointment(request.clinic, appointment_id), now()
    visit = queries.series_visit_of(found.pk)
    later = queries.later_visits(visit) if visit is not None else []
    if visit is None or not later:
        raise services.SeriesImpossible(_("Nothing of this series is still to come."))
    problem = ""
    if request.method == "POST":
        try:
            return _shifted(request, later, at)
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            problem = str(refused)
    planned = [
        queries.Planned(
            (row.procedure,), row.minutes, Days(row.min_days, row.ideal_days, row.max_days), row.appointment
        )
        for row in later
    ]
    offer = queries.shift_proposal(
        request.clinic, moved=found, visits=planned, now=at, is_same_dentist=visit.series.is_same_dentist
    )
    pairs = list(zip(later, offer.slots, strict=True))
    context = {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "series": visit.series,
        "visits": [
            {"visit": row, "slot": slot, "is_late": number in offer.late} for number, (row, slot) in enumerate(pairs)
        ],
        "value": "+".join(f"{row.appointment_id}~{slot_value(slot)}" for row, slot in pairs if slot is not None),
        "can_shift": any(slot is not None for _row, slot in pairs),
        "problem": problem,
        "action": reverse("scheduling:series-shift", args=[found.pk]),
    }
    return render(request, "scheduling/series_shift.html", context, partial="panel", status=422 if problem else 200)


def _shifted(request: HttpRequest, later: list[SeriesVisit], at: datetime) -> HttpResponse:
    mine = {str(row.appointment_id): row.appointment for row in later}
    places = []
    for part in [one for one in request.POST.get("slot", "").split("+") if one][: queries.MOST_STEPS]:
        appointment_id, _mark, text = part.partition("~")
        appointment = mine.get(appointment_id)
        try:
            [slot] = SlotField().clean(text)
        except ValidationError:
            appointment = None
        if appointment is None:
            raise services.SeriesImpossible(_("The series has changed. Choose the times again."))
        place = _place(request, slot)
        assert place is not None
        places.append((appointment, place))
    if not places:
        raise services.SeriesImpossible(_("The series has changed. Choose the times again."))
    changes = services.shift_visits(by=request.user, clinic=request.clinic, places=places, at=at)
    text = ngettext("Shifted: %(n)s visit.", "Shifted: %(n)s visits.", len(changes)) % {"n": len(changes)}
    return settled(request, text, changes[0].pk, places[0][0], also=[change.pk for change in changes[1:]])


def following(request: HttpRequest, appointment: Appointment, *, is_moved: bool) -> tuple[str, str] | None:
    """Return what to offer after a visit of a series was moved or cancelled: URL of a panel and words; None for nothing."""
    visit = queries.series_visit_of(appointment.pk)
    later = queries.later_visits(visit) if visit is not None else []
    if visit is None or not later:
        return None
    if is_moved:
        words = ngettext("Shift the later visit too", "Shift the %(n)s later visits too", len(later)) % {
            "n": len(later)
        }
        return reverse("scheduling:series-shift", args=[appointment.pk]), words
    words = ngettext("The later visit", "The %(n)s later visits", len(later)) % {"n": len(later)}
    return reverse("scheduling:series", args=[visit.series_id]) + f"?after={visit.position}", words

"""Somebody without appointment: why and how urgent, whom to, today or another day."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import local, now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.kernel.ids import uuid7
from incisor.patients import queries as patients
from incisor.patients.models import Patient
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.forms import WalkInForm
from incisor.reception.rules.guide import walk
from incisor.reception.views.answers import done
from incisor.reception.views.arrivals import received, slot_of
from incisor.scheduling import queries as scheduling

TEMPLATE = "reception/walk_in.html"
WORDS = {
    "specialist": lambda: _("specialist"),
    "own": lambda: _("own dentist"),
    "free_now": lambda: _("free now"),
    "least_waiting": lambda: _("fewest waiting"),
}


@require_http_methods(["GET", "POST"])
@page(Permission.RECEPTION_WORK)
def walk_in(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take somebody without appointment into the queue: a digit says how urgent it is. A free time of today can be given."""
    at, clinic = now(), request.clinic
    patient = patients.patient(clinic, patient_id)
    form = WalkInForm(request.POST or None, clinic=clinic)
    if request.method == "POST" and form.is_valid():
        try:
            return received(request, _received(request, patient, form, at), at)
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    return render(request, TEMPLATE, _context(request, patient, form, at), partial="panel", status=status)


def _received(request: HttpRequest, patient: Patient, form: WalkInForm, at: Any) -> Any:
    chosen = form.chosen()
    if not request.POST.get("slot"):
        return services.receive_walk_in(by=request.user, clinic=request.clinic, patient=patient, at=at, **chosen)
    dentist, chair, starts_at = slot_of(request, request.POST["slot"])
    return services.receive_in_gap(
        by=request.user,
        clinic=request.clinic,
        patient=patient,
        at=at,
        **{**chosen, "dentist": dentist, "chair": chair, "starts_at": starts_at},
        request_key=request.POST.get("request_key", "")[:40],
    )


def _context(request: HttpRequest, patient: Patient, form: WalkInForm, at: Any) -> dict[str, Any]:
    clinic = request.clinic
    return {
        "patient": patient,
        "form": form,
        "choices": queries.first_choices(clinic),
        "levels": queries.signs_by_level(clinic),
        "today": queries.todays_appointments(clinic, patient, at),
        "others": queries.not_for_now(clinic, patient, at),
        "gaps": queries.gaps_today(clinic, patient, at),
        "waiting": queries.waiting_now(clinic, at),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),
        "request_key": uuid7().hex,
    }


def _given(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.GET.getlist("a")[:40] if one.isdigit() and len(one) < 3]


@require_GET
@page(Permission.RECEPTION_WORK)
def guide(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask one short question after the other; at the end say how urgent it is, whom to, and when."""
    at, clinic = now(), request.clinic
    patient = patients.patient(clinic, patient_id)
    given = _given(request)
    gone = walk(queries.questions(clinic), given)
    here = reverse("reception:walk-in-guide", args=[patient.pk])
    taken = len(gone.answered)
    context: dict[str, Any] = {
        "patient": patient,
        "walk": gone,
        "number": taken + 1,
        "answered": gone.answered,
        "back": f"{here}?{_path(given[: taken - 1])}" if taken else reverse("reception:walk-in", args=[patient.pk]),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),
        "request_key": uuid7().hex,
    }
    if gone.question is not None:
        context["choices"] = [
            {"answer": answer, "url": f"{here}?{_path([*given[:taken], number])}"}
            for number, answer in enumerate(gone.question.answers)
        ]
    else:
        offer = queries.triage_offer(clinic, patient, gone.signs, at)
        context |= {
            "offer": offer,
            "people": [
                {"one": one, "reasons": "、".join(WORDS[reason]() for reason in one.reasons)} for one in offer.people
            ],
            "later_url": f"{reverse('reception:walk-in-later', args=[patient.pk])}?{_signs(gone.signs)}",
        }
    return render(request, "reception/guide.html", context, partial="panel")


def _path(given: list[int]) -> str:
    made = QueryDict(mutable=True)
    made.setlist("a", [str(one) for one in given])
    return made.urlencode()


def _signs(keys: tuple[str, ...]) -> str:
    made = QueryDict(mutable=True)
    made.setlist("signs", list(keys))
    return made.urlencode()


@require_http_methods(["GET", "POST"])
@page(Permission.APPOINTMENT_BOOK)
def later(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Offer the next good times to somebody who does not wait; a digit books."""
    at, clinic = now(), request.clinic
    patient = patients.patient(clinic, patient_id)
    form = WalkInForm(request.POST if request.method == "POST" else request.GET, clinic=clinic)
    keys = form.cleaned_data["signs"] if form.is_valid() else []
    refusal = None
    if request.method == "POST":
        dentist, chair, starts_at = slot_of(request, request.POST.get("slot", ""))
        try:
            made = services.book_walk_in_later(
                by=request.user, clinic=clinic, patient=patient, dentist=dentist, chair=chair, starts_at=starts_at,
                signs=keys, request_key=request.POST.get("request_key", "")[:40], at=at,
            )  # fmt: skip
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            refusal = refused
        else:
            return _booked(request, patient, made, at)
    offer = queries.triage_offer(clinic, patient, tuple(keys), at)
    context = {
        "patient": patient,
        "times": queries.next_good_times(clinic, patient, at, specialty=offer.specialty),
        "signs": keys,
        "refusal": refusal,
        "request_key": uuid7().hex,
    }
    return render(request, "reception/later.html", context, partial="panel", status=422 if refusal else 200)


def _booked(request: HttpRequest, patient: Patient, made: Any, at: Any) -> HttpResponse:
    text = _("Booked: %(patient)s, %(when)s, %(dentist)s.") % {
        "patient": shown_name(patient),
        "when": date_format(local(made.starts_at, request.clinic.zone), pgettext("day and time", "D j M, H:i")),
        "dentist": made.dentist.name,
    }
    change = scheduling.changes_of(made)[-1]
    return done(request, text, at=at, undo_url=reverse("scheduling:appointment-undo", args=[change.pk]))

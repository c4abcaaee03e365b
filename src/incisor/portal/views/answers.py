"""Answers to a reminder: come, another time, cancel. Each step is a plain form; opening a page changes nothing."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incisor.accounts.queries import system_user
from incisor.kernel import clock, htmx
from incisor.kernel.errors import NotFound, Refused
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.outreach import queries, services
from incisor.outreach.services import PATIENT_REASONS
from incisor.patients.rules import mask_name
from incisor.portal.forms import CallForm, CancelForm
from incisor.portal.views.door import by_link
from incisor.reception import queries as reception
from incisor.reception.enums import Situation
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.queries import confirmation_qr


@require_safe
@by_link(LinkPurpose.ANSWER)
def answer(request: HttpRequest, link: Link, **_path: Any) -> HttpResponse:
    """Show the appointments that the message told of, and what the patient may do."""
    rows = queries.answer_page(link, clock.now())
    if not rows:
        raise NotFound()
    context = {
        "link": link,
        "rows": _rows(rows, link),
        "token": request.resolver_match.kwargs["token"],  # type: ignore[union-attr]
        "done": request.GET.get("done", ""),
    }
    return render(request, "portal/answer.html", context)


def _rows(rows: list[Any], link: Link) -> list[dict[str, Any]]:
    """The appointments on the page: with the code for desk and kiosk while they stand, and check-in when it is time."""
    is_on = reception.flow_rules(link.clinic).link_checkin_is_on
    arriving = reception.arriving_all(link.clinic, [row.appointment for row in rows], clock.now())
    return [
        {
            "one": row,
            "name": mask_name(row.appointment.patient.name),
            "qr": confirmation_qr(row.appointment.pk) if row.appointment.status in EXPECTED else "",
            "may_check_in": is_on and one.handling.alone and one.visit is None and one.situation != Situation.EARLY,
        }
        for row, one in zip(rows, arriving, strict=True)
    ]


def _one(link: Link, which: Any) -> Any:
    """Return one appointment of the link with what the patient may do alone. Raises NotFound."""
    for row in queries.answer_page(link, clock.now()):
        if row.appointment.pk == which:
            return row
    raise NotFound()


def _back(request: HttpRequest, done: str) -> HttpResponse:
    token = request.resolver_match.kwargs["token"]  # type: ignore[union-attr]
    return htmx.redirect(request, f"{reverse('portal:answer', args=[token])}?done={done}")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.ANSWER)
def confirm(request: HttpRequest, link: Link, which: Any) -> HttpResponse:
    """Note that the patient comes."""
    row = _one(link, which)
    if request.method != "POST":
        return _back(request, "")
    services.confirm_by_link(by=system_user(), link=link, appointment_id=row.appointment.pk, at=clock.now())
    return _back(request, "confirmed")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.ANSWER)
def cancel(request: HttpRequest, link: Link, which: Any) -> HttpResponse:
    """Ask why, then cancel; or, when it is too late for that, let the desk call."""
    row = _one(link, which)
    form = CancelForm(request.POST if request.method == "POST" else None, reasons=PATIENT_REASONS)
    if form.is_bound and form.is_valid():
        change = services.cancel_by_link(
            by=system_user(), link=link, appointment_id=row.appointment.pk, at=clock.now(), **form.cleaned_data
        )
        return _back(request, "cancelled" if change is not None else "call")
    context = {"link": link, "row": row, "form": form, **_place(request)}
    return render(request, "portal/cancel.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.ANSWER)
def other_time(request: HttpRequest, link: Link, which: Any) -> HttpResponse:
    """Offer free times and move to the one that is chosen; or let the desk call."""
    row = _one(link, which)
    at = clock.now()
    refusal: Refused | None = None
    if request.method == "POST" and row.may_move:
        dentist_id, _sign, start = request.POST.get("slot", "").partition("|")
        starts_at = parse_datetime(start) if start else None
        try:
            if starts_at is None or starts_at.tzinfo is None:
                raise services.TimeGone(_("Choose one of the times."))
            services.move_by_link(
                by=system_user(), link=link, appointment_id=row.appointment.pk, starts_at=starts_at,
                dentist_id=dentist_id, at=at,
            )  # fmt: skip
        except services.TimeGone as gone:
            refusal = gone
        else:
            return _back(request, "moved")
    zone = link.clinic.zone
    first = _first_day(request, clock.local(at, zone).date())
    slots = queries.move_times(row.appointment, at=at, first=first) if row.may_move else []
    days = queries.by_days(slots, zone)
    context = {
        "link": link,
        "row": row,
        "days": days,
        "later": days[-1][0] + timedelta(days=1)
        if days and len({_day(slot, zone) for slot in slots}) > len(days)
        else None,
        "is_later": "from" in request.GET,
        "refusal": refusal,
        "form": CallForm(),
        **_place(request),
    }
    return render(request, "portal/other_time.html", context, status=409 if refusal else 200)


def _day(slot: Any, zone: str) -> date:
    return clock.local(slot.starts_at, zone).date()


def _first_day(request: HttpRequest, today: date) -> date:
    try:
        return max(today, date.fromisoformat(request.GET.get("from", "")))
    except ValueError:
        return today


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.ANSWER)
def call_me(request: HttpRequest, link: Link, which: Any) -> HttpResponse:
    """Let the desk call the patient about another time."""
    row = _one(link, which)
    form = CallForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.ask_for_call_by_link(
            by=system_user(),
            link=link,
            appointment_id=row.appointment.pk,
            note=form.cleaned_data["note"],
            at=clock.now(),
        )
        return _back(request, "call")
    token = request.resolver_match.kwargs["token"]  # type: ignore[union-attr]
    return htmx.redirect(request, reverse("portal:other-time", args=[token, which]))


def _place(request: HttpRequest) -> dict[str, Any]:
    return {"token": request.resolver_match.kwargs["token"]}  # type: ignore[union-attr]

"""Cancelling: the reason is a digit; who waits for such a time is asked with the same Enter."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import local, now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.patients.queries import patient as patient_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.enums import CancelReason, OfferChannel
from incisor.scheduling.forms import CancelForm
from incisor.scheduling.models import Appointment, SlotOffer, WaitlistWish
from incisor.scheduling.views.booking import settled, when_words
from incisor.scheduling.views.series import following

MOST_SHOWN = 5


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Ask for the reason by digit. When nobody waits for the time, the choice cancels at once; else Enter also offers."""
    found = queries.appointment(request.clinic, appointment_id)
    at = now()
    fits = _fits(request, found, at)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ticked = set(request.POST.getlist("ask"))
        skipped = {row.pk for row in fits if str(row.pk) not in ticked}
        is_offered = bool(fits) and "offered" in request.POST and len(skipped) < len(fits)
        try:
            if is_offered:
                change, offer = services.cancel_with_offer(
                    by=request.user, appointment=found, skipped=skipped, at=at, **form.cleaned_data
                )
            else:
                change, offer = (
                    services.cancel_appointment(by=request.user, appointment=found, at=at, **form.cleaned_data),
                    None,
                )
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
        else:
            panel = following(request, found, is_moved=False)
            return settled(request, _told(request, found, offer), change.pk, found, panel=panel)
    context: dict[str, Any] = {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "form": form,
        "reasons": CancelReason.choices,
        "fits": fits,
        "version": found.version,  # what is shown now was seen now: a second try is a decision
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/cancel.html", context, partial="panel", status=status)


def _fits(request: HttpRequest, found: Appointment, at: datetime) -> list[WaitlistWish]:
    return queries.fitting_when_freed(request.clinic, found, at)[:MOST_SHOWN]


def _told(request: HttpRequest, found: Appointment, offer: SlotOffer | None) -> str:
    text = _("Cancelled: %(patient)s, %(when)s.") % {
        "patient": shown_name(found.patient),
        "when": when_words(found, request.clinic.zone),
    }
    if offer is None:
        return text
    until = local(offer.expires_at, request.clinic.zone).strftime("%H:%M")
    words = (
        _("Call %(patient)s about the time; it is kept until %(until)s.")
        if offer.channel == OfferChannel.CALL
        else _("Offered to %(patient)s until %(until)s.")
    )
    return text + " " + words % {"patient": shown_name(offer.wish.patient), "until": until}

"""Check-in on the patient's own phone, by a link that serves once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from incisor.accounts.queries import system_user
from incisor.kernel import clock, htmx
from incisor.kernel.errors import NotFound
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.outreach import queries as outreach
from incisor.patients.rules import mask_name
from incisor.portal.views.door import by_link
from incisor.portal.views.kiosk import done
from incisor.reception import queries, services


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.CHECK_IN)
def check_in(request: HttpRequest, link: Link, **_path: Any) -> HttpResponse:
    """Show the appointment; one button says: I am here. Opening the page changes nothing."""
    appointment = queries.appointment_of_link(link)
    if appointment is None:
        raise NotFound()
    context: dict[str, Any] = {"link": link, "appointment": appointment, "name": mask_name(appointment.patient.name)}
    if request.method == "POST":
        visit = services.check_in_by_link(by=system_user(), link=link, at=clock.now())
        context |= done(visit)
    return render(request, "portal/check_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.ANSWER)
def here(request: HttpRequest, link: Link, which: Any) -> HttpResponse:
    """Go from the page of the reminder to a check-in link of its own: short-lived, and it serves once."""
    at = clock.now()
    row = next((one for one in outreach.answer_page(link, at) if one.appointment.pk == which), None)
    if row is None:
        raise NotFound()
    if request.method != "POST":
        token = request.resolver_match.kwargs["token"]  # type: ignore[union-attr]
        return htmx.redirect(request, reverse("portal:answer", args=[token]))
    _made, path = services.make_check_in_link(by=system_user(), clinic=link.clinic, appointment=row.appointment, at=at)
    return htmx.redirect(request, path)

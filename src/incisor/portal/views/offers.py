"""A freed time on the patient's phone: yes or no. Opening the page changes nothing; the time is held until the answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from incisor.accounts.queries import system_user
from incisor.kernel import clock
from incisor.kernel.errors import NotFound
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.patients.rules import mask_name
from incisor.portal.views.door import by_link
from incisor.scheduling import queries, services
from incisor.scheduling.enums import BookingChannel, OfferState


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.OFFER)
def offer(request: HttpRequest, link: Link, **_path: Any) -> HttpResponse:
    """Show the time and take the answer."""
    at = clock.now()
    found = queries.offer(link.clinic, link.subject_id)
    if found.state != OfferState.OPEN or found.expires_at <= at:
        raise NotFound()
    said = request.POST.get("said", "") if request.method == "POST" else ""
    if said == "yes":
        services.accept_offer(by=system_user(), offer=found, channel=BookingChannel.ONLINE, at=at)
    elif said == "no":
        services.refuse_offer(by=system_user(), offer=found, at=at)
    context = {
        "link": link,
        "offer": found,
        "name": mask_name(found.wish.patient.name),
        "booked": found.wish.appointment,
        "said": said if said in ("yes", "no") else "",
    }
    return render(request, "portal/offer.html", context)

"""Error pages and the sign of life."""

import logging
import sys
from typing import Any

from django.contrib import messages
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.i18n import set_language as _set_language

from incisor.kernel.errors import Refused

log = logging.getLogger(__name__)
DATABASE_IS_AWAY = (OperationalError, InterfaceError)


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" when the database answers: for a watcher in front of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


healthz.__guard__ = "public"  # type: ignore[attr-defined]
_set_language.__guard__ = "public"  # type: ignore[attr-defined]


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Show a refusal that no form took up: a page, or a toast when a part of a page asked."""
    if request.headers.get("HX-Request") == "true":
        from incisor.kernel.htmx import toast  # noqa: PLC0415 -- only here

        response = toast(HttpResponse(status=refusal.status), refusal.message or "", "danger")
        response.headers["HX-Reswap"] = "none"
        return response
    name = {403: "403.html", 404: "404.html"}.get(refusal.status, "409.html")
    return render(request, name, {"refusal": refusal}, status=refusal.status)


def already_done(request: HttpRequest) -> HttpResponse:
    """Say that what came again was done when it came first: a toast, or the page from which it was sent."""
    text = _("It had arrived the first time and was done once. Nothing was done twice.")
    if request.headers.get("HX-Request") == "true":
        from incisor.kernel.htmx import toast  # noqa: PLC0415 -- only here

        response = toast(HttpResponse(status=204), text, "info")
        response.headers["X-Request-Repeated"] = "1"
        return response
    messages.info(request, text)
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if is_ours else "/", status=303)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"is_csrf": True}, status=403)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", {"refusal": exception}, status=403)


def missing(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", {}, status=404)


def database_is_away(request: HttpRequest, failure: BaseException) -> HttpResponse:
    """Say that the database did not answer or the disk is full; the page needs no database to be drawn."""
    log.error("the database did not answer: %s", failure, exc_info=failure)
    if "is full" in str(failure) or "No space left" in str(failure):
        text = _(
            "The server's disk is full. Nothing was saved, nothing was half saved. Make room there, then try again."
        )
    else:
        text = _("The database does not answer just now. Nothing was half saved. Try again in a minute.")
    refusal = Refused(text, code="database_is_away")
    refusal.status = 503
    if request.headers.get("HX-Request") == "true":
        return refused(request, refusal)
    return HttpResponse(render_to_string("503.html", {"refusal": refusal}), status=503)


def broken(request: HttpRequest) -> HttpResponse:
    failure = sys.exc_info()[1]
    if isinstance(failure, DATABASE_IS_AWAY):
        return database_is_away(request, failure)
    return render(request, "500.html", {}, status=500)

"""What every request passes: the organisation, the language, refusals turned into pages."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from incisor.kernel.errors import Refused
from incisor.kernel.organisation import organisation
from incisor.kernel.requests import AlreadyDone, sent_as
from incisor.kernel.views import DATABASE_IS_AWAY, already_done, database_is_away, refused

Next = Callable[[HttpRequest], HttpResponse]
REQUEST_KEY = re.compile(r"[A-Za-z0-9-]{8,50}")
REQUEST_KEY_FIELD = "_request_key"


def organisation_middleware(get_response: Next) -> Next:
    """Work for the organisation that this server is set up for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with organisation(settings.INCISOR_ORGANISATION):
            return get_response(request)

    return middleware


def language_middleware(get_response: Next) -> Next:
    """Speak the language chosen in this browser, else the user's, else Chinese; never what the browser guesses."""
    known = {code for code, _name in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in known:
            chosen = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen or settings.LANGUAGE_CODE)
        return response

    return middleware


def request_key_middleware(get_response: Next) -> Next:
    """Let what a page sends again, because it got no answer, be done once: the page names each sending with a key."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with sent_as(_request_key(request) if request.method == "POST" else ""):
            return get_response(request)

    return middleware


def _request_key(request: HttpRequest) -> str:
    """Return the key of the sending: from a script in the header, from a plain form in a hidden field."""
    if request.path_info.startswith("/api/"):
        return ""  # programs name their requests by an Idempotency-Key
    key = request.headers.get("X-Request-Key", "")
    if not key and (request.content_type or "").startswith(("application/x-www-form", "multipart/form")):
        key = request.POST.get(REQUEST_KEY_FIELD, "")
    return key if REQUEST_KEY.fullmatch(key) else ""


class RefusalMiddleware:
    """Turn a Refused that no view took up into a readable answer; whatever was written is rolled back already."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AlreadyDone):
            return already_done(request)
        if isinstance(exception, DATABASE_IS_AWAY):
            return database_is_away(request, exception)
        return refused(request, exception) if isinstance(exception, Refused) else None


def refusal_middleware(get_response: Next) -> Any:
    """Return the middleware that shows refusals."""
    return RefusalMiddleware(get_response)

"""Each request's place in the list of sessions, and its origin in the audit trail."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from incisor.audit.services import origin

Next = Callable[[HttpRequest], HttpResponse]


def session_middleware(get_response: Next) -> Next:
    """Note from where the request comes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with origin(request.META.get("REMOTE_ADDR", "") or "local"):
            return get_response(request)

    return middleware

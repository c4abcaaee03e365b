"""Who asks and from where; nothing that a signed-in person sees stays in the browser's store."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from incisor.accounts.gatekeeping import present_user
from incisor.audit.services import origin

Next = Callable[[HttpRequest], HttpResponse]


def origin_of(request: HttpRequest) -> str:
    """Return the address that the request comes from. A proxy's word is taken only from the proxies that are named."""
    address = request.META.get("REMOTE_ADDR", "")
    if address in settings.INCISOR_PROXIES:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    return address[:80] or "local"


def session_middleware(get_response: Next) -> Next:
    """Set request.user and request.origin; let the browser keep no page of a signed-in person."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.origin = origin_of(request)  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: present_user(request))  # type: ignore[assignment]
        with origin(request.origin):  # type: ignore[attr-defined]
            response = get_response(request)
        if request.user.is_authenticated:
            # the back button after locking or signing out shows nothing
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware

"""The question of the waiting-room screens whether anything changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from incisor.kernel.clock import now
from incisor.kernel.errors import NotFound
from incisor.reception.views.screen_page import unchanged

Next = Callable[[HttpRequest], HttpResponse]
SCREENS, NOW = "/screen/", "/now/"


def screens_middleware(get_response: Next) -> Next:
    """Answer "nothing changed" to a screen by one indexed read: it has no session, no person and no clinic to look up.

    Everything else, wrong and ended addresses among it, goes on to the page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if request.method == "GET" and path.startswith(SCREENS) and path.endswith(NOW):
            try:
                answer = unchanged(path[len(SCREENS) : -len(NOW)], request.GET.get("since", ""), at=now())
            except NotFound:
                answer = None
            if answer is not None:
                return answer
        return get_response(request)

    return middleware

"""What an open page asks every two seconds."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from incisor.accounts.access import signed_in
from incisor.kernel import live
from incisor.kernel.errors import NotFound


@signed_in
@require_GET
def changes(request: HttpRequest, topic: str) -> HttpResponse:
    """Answer 204 while the version that the page knows is the newest, else the newest in a header. One indexed read."""
    clinic = request.clinic  # type: ignore[attr-defined]
    if clinic is None or topic not in live.TOPICS:
        raise NotFound
    version = str(live.version(clinic.pk, topic))
    response = HttpResponse(status=204 if request.GET.get("since") == version else 200)
    response.headers["X-Live-Version"] = version
    return response

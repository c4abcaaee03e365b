"""The clinic that the person works in now, and the question of its open pages whether anything changed."""

import uuid
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from incisor.clinics.queries import clinics_of
from incisor.kernel import live
from incisor.kernel.clock import zone

Next = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "clinic"


def clinic_middleware(get_response: Next) -> Next:
    """Set request.clinic (chosen in this session, else the first) and request.clinics."""

    def middleware(request: HttpRequest) -> HttpResponse:
        clinics = clinics_of(request.user) if request.user.is_authenticated else []  # type: ignore[arg-type]
        chosen = request.session.get(SESSION_KEY) if clinics else None
        request.clinics = clinics  # type: ignore[attr-defined]
        request.clinic = next(  # type: ignore[attr-defined]
            (clinic for clinic in clinics if str(clinic.pk) == chosen), clinics[0] if clinics else None
        )
        here = request.clinic.zone if request.clinic is not None else None
        with timezone.override(zone(here) if here else None):  # pages and forms speak the clinic's wall clock
            return get_response(request)

    return middleware


CHANGES = "/live/"
PROOF_SECONDS = 10
MOST_PROOFS = 10_000
_proofs: dict[str, tuple[uuid.UUID, float]] = {}


def changes_middleware(get_response: Next) -> Next:
    """Answer "nothing changed" by one indexed read to a session that was wholly checked in the last ten seconds.

    Every open page asks every two seconds. Anything else than "nothing changed" is said after the whole check only, so
    that an ended session learns nothing by it but that, and for ten seconds at most.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or not request.path_info.startswith(CHANGES):
            return get_response(request)
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        topic, since = request.path_info[len(CHANGES) :].rstrip("/"), request.GET.get("since", "")
        clinic_id, at = _proofs.get(key, (None, 0.0))
        if (
            clinic_id is not None
            and monotonic() - at < PROOF_SECONDS
            and topic in live.TOPICS
            and since == str(live.version(clinic_id, topic))
        ):
            return HttpResponse(status=204, headers={"X-Live-Version": since, "Cache-Control": "no-store, private"})
        response = get_response(request)
        if len(_proofs) >= MOST_PROOFS:
            _proofs.clear()
        _proofs.pop(key, None)
        if response.status_code in (200, 204) and getattr(request, "clinic", None) is not None:
            _proofs[key] = (request.clinic.pk, monotonic())  # type: ignore[attr-defined]
        return response

    return middleware

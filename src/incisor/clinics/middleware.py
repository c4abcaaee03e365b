"""The clinic that the person works in now."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from incisor.clinics.queries import clinics_of
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

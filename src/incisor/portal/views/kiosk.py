"""The kiosk: check in by name and last four digits, or by the code of the confirmation. It shows nothing about others."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import public
from incisor.accounts.queries import system_user
from incisor.clinics.enums import DeviceKind
from incisor.clinics.models import Device
from incisor.clinics.queries import device_of_token
from incisor.clinics.services import note_device_seen
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.patients.rules import mask_name
from incisor.portal.forms import KioskForm
from incisor.portal.views.door import close
from incisor.reception import queries, services
from incisor.reception.rules.points import is_pressing
from incisor.scheduling.models import Appointment
from incisor.visits.enums import ArrivalChannel
from incisor.visits.models import Visit

LANGUAGES = {"zh": "zh-hans", "en": "en"}


@require_http_methods(["GET", "HEAD", "POST"])
@public
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """Show the kiosk and take one check-in. The key in the address is the guard; a wrong one is a 404."""
    device = device_of_token(token, DeviceKind.KIOSK)
    at = clock.now()
    note_device_seen(device, at=at)
    chosen = request.POST.get("lang") or request.GET.get("lang", "")
    language = LANGUAGES.get(chosen, settings.LANGUAGE_CODE)
    with translation.override(language), timezone.override(clock.zone(device.clinic.zone)):
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = _kiosk(request, device, at)
        response.headers["Content-Language"] = language
        return close(response)


def _kiosk(request: HttpRequest, device: Device, at: datetime) -> HttpResponse:
    context: dict[str, Any] = {
        "clinic": device.clinic,
        "lang": "en" if request.LANGUAGE_CODE == "en" else "zh",  # type: ignore[attr-defined]
        "form": KioskForm(),
    }
    if not queries.flow_rules(device.clinic).kiosk_is_on or _rests(device, at):
        return render(request, "portal/kiosk.html", {**context, "is_resting": True})
    if request.method != "POST":
        return render(request, "portal/kiosk.html", context)
    form = KioskForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/kiosk.html", {**context, "form": form}, status=422)
    found = _found(device, form, at)
    if found is None:
        services.note_kiosk_try(device, at=at)
        words = _("We did not find an appointment of today with this. Please try once more, or go to the desk.")
        return render(request, "portal/kiosk.html", {**context, "form": form, "words": words}, status=422)
    try:
        arrival = ArrivalChannel.QR if form.cleaned_data["code"] else ArrivalChannel.KIOSK
        visit = services.check_in_alone(
            by=system_user(), clinic=device.clinic, appointment=found, arrival=arrival, at=at
        )
    except Refused:
        # whatever it was: a machine says nothing about it
        words = _("Please go to the desk: we will gladly help you there.")
        return render(request, "portal/kiosk.html", {**context, "words": words, "is_over": True})
    return render(request, "portal/kiosk.html", {**context, **done(visit)})


def _rests(device: Device, at: datetime) -> bool:
    return queries.kiosk_failures(device, since=at - services.KIOSK_WINDOW) >= services.KIOSK_TRIES


def _found(device: Device, form: KioskForm, at: datetime) -> Appointment | None:
    given = form.cleaned_data
    if given["code"]:
        return queries.coming_by_code(device.clinic, given["code"])
    return queries.coming_by_name(device.clinic, given["name"], given["digits"], at)


def done(visit: Visit) -> dict[str, Any]:
    """Return what a machine or a phone shows of a check-in: the number, the masked name, the wait that was told."""
    visit.refresh_from_db()
    check = queries.arrival_check(visit)
    return {
        "visit": visit,
        "name": mask_name(visit.patient.name),
        "has_points": check is not None and any(is_pressing(level) for _key, level in check.points),
        "is_over": True,
    }

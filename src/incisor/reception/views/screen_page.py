"""The screen in the waiting room: opened by its token, without a person, for days."""

import functools
import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from incisor.accounts.access import page, public
from incisor.accounts.enums import Permission
from incisor.clinics.enums import DeviceKind
from incisor.clinics.models import Clinic, Device
from incisor.clinics.queries import device_of_token
from incisor.clinics.services import note_device_seen
from incisor.kernel.clock import now
from incisor.reception import queries
from incisor.reception.rules.screen import NEW_FOR, SHOWN_FOR, SPOKEN_FOR, Options, options_of

LANGUAGES = (("zh", "zh-hans"), ("en", "en"))
# A screen speaks to everybody who waits, whatever their language: each text stands there in both.
WORDS = {
    "called": pgettext_lazy("screen", "Please come in"),
    "nobody_called": pgettext_lazy("screen", "You will be called here. Please take a seat."),
    "desk": pgettext_lazy("screen", "front desk"),
    "queue": pgettext_lazy("screen", "Next"),
    "in_chair": pgettext_lazy("screen", "With the dentist"),
    "nobody_waits": pgettext_lazy("screen", "Nobody is waiting."),
    "anybody": pgettext_lazy("screen", "Any dentist"),
    "late": pgettext_lazy("screen", "about %(minutes)s min late"),
    "order": pgettext_lazy("screen", "Emergencies go first, so the order may change. Thank you for your patience."),
    "lost": pgettext_lazy("screen", "No connection since %(time)s: new calls do not appear here. Please ask at the front desk."),
    "ended": pgettext_lazy("screen", "This screen is not in use. The address has been changed or ended at the front desk."),
    "sound": pgettext_lazy("screen", "Sound is off: press any key or touch the screen once"),
}  # fmt: skip


@functools.lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """Return every text of the screen in both languages."""
    said: dict[str, dict[str, str]] = {key: {} for key in WORDS}
    for short, code in LANGUAGES:
        with translation.override(code):
            for key, text in WORDS.items():
                said[key][short] = str(text)
    return said


@functools.lru_cache(maxsize=1)
def release() -> str:
    """Return the name of what is installed: a screen that was opened with another one loads itself anew."""
    parts = [settings.INCISOR_VERSION, static("incisor/screen.js"), static("incisor/screen-style.css")]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:8]


@never_cache
@require_GET
@public
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """Show the screen of the waiting room. The token in the address is the guard; nothing of a file is shown."""
    device = device_of_token(token, DeviceKind.SCREEN)
    at = now()
    note_device_seen(device, at=at)
    return _page(request, device.clinic, device, at=at, now_url=f"{request.path}now/")


@never_cache
@require_GET
@public
def screen_now(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the screen shows now; that nothing changed is said by the middleware."""
    device = device_of_token(token, DeviceKind.SCREEN)
    at = now()
    note_device_seen(device, at=at)
    return _part(request, device.clinic, device, at=at)


def unchanged(token: str, since: str, *, at: datetime) -> HttpResponse | None:
    """Return 204 when the screen knows the newest content, by one indexed read; else None. Raises NotFound."""
    watched = queries.watch(token, at=at)
    note_device_seen(Device(pk=watched.device_id, seen_at=watched.seen_at), at=at)
    if since != f"{watched.version}.{release()}":
        return None
    headers = {"Cache-Control": "no-store, private"}
    return _stamped(HttpResponse(status=204, headers=headers), f"{watched.version}.{release()}", at)


@never_cache
@require_GET
@page(Permission.RECEPTION_WORK, or_else=(Permission.CLINIC_EDIT,))
def screen_preview(request: HttpRequest) -> HttpResponse:
    """Show the screen as everybody in the waiting room sees it, to who sets it up."""
    clinic = request.clinic  # type: ignore[attr-defined]
    if request.GET.get("part"):
        return _part(request, clinic, None, at=now())
    return _page(request, clinic, None, at=now(), now_url=f"{request.path}?part=now")


def _shown(clinic: Clinic, device: Device | None, at: datetime) -> dict[str, Any]:
    options = options_of(device.options) if device is not None else Options()
    content = queries.screen_now(clinic, options, device_version=device.version if device else 0, at=at)
    return {"screen": content, "options": options, "words": words(), "version": f"{content.version}.{release()}"}


def _page(request: HttpRequest, clinic: Clinic, device: Device | None, *, at: datetime, now_url: str) -> HttpResponse:
    context = _shown(clinic, device, at)
    context |= {
        "clinic": clinic,
        "now_url": now_url,
        "at_ms": _milliseconds(at),
        "release": release(),
        "new_for": int(NEW_FOR.total_seconds()),
        "spoken_for": int(SPOKEN_FOR.total_seconds()),
        "shown_for": int(SHOWN_FOR.total_seconds()),
    }
    return render(request, "reception/screen.html", context)


def _part(request: HttpRequest, clinic: Clinic, device: Device | None, *, at: datetime) -> HttpResponse:
    context = _shown(clinic, device, at)
    return _stamped(render(request, "reception/_screen.html", context), context["version"], at)


def _stamped(response: HttpResponse, version: str, at: datetime) -> HttpResponse:
    response.headers["X-Screen-Version"] = version
    response.headers["X-Screen-Release"] = release()
    response.headers["X-Screen-Now"] = str(_milliseconds(at))
    return response


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)

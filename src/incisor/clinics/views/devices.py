"""Devices that nobody signs in at: added, renewed and ended here; the token is shown once."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics import queries, services
from incisor.clinics.forms import DeviceForm
from incisor.clinics.hooks import device_pages
from incisor.clinics.models import Device
from incisor.clinics.views.frame import tabs
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render


@require_GET
@page(Permission.CLINIC_EDIT)
def device_list(request: HttpRequest) -> HttpResponse:
    """Show the clinic's devices and when they were last there."""
    return _list(request)


@page(Permission.CLINIC_EDIT)
def device_new(request: HttpRequest) -> HttpResponse:
    """Add a device; its address follows on the list, once."""
    form = DeviceForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            device, token = services.add_device(
                by=request.user, clinic=request.clinic, at=now(), **form.cleaned_data  # type: ignore[arg-type,attr-defined]
            )  # fmt: skip
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return _list(request, shown=_shown(request, device, token))
    back = reverse("clinics:devices")
    return edit_page(request, form, heading=_("Add a device"), back=back, save_label=_("Add"))


@require_POST
@page(Permission.CLINIC_EDIT)
def device_renew(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Give a device a new address; the old one ends."""
    device = queries.device(request.clinic, device_id)  # type: ignore[attr-defined]
    token = services.renew_device(by=request.user, device=device, at=now())  # type: ignore[arg-type]
    return _list(request, shown=_shown(request, device, token))


@require_POST
@page(Permission.CLINIC_EDIT)
def device_end(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Refuse the device from now on."""
    device = queries.device(request.clinic, device_id)  # type: ignore[attr-defined]
    services.end_device(by=request.user, device=device, at=now())  # type: ignore[arg-type]
    return saved(request, "clinics:devices", _("The device is ended. A new address brings it back."))


def _shown(request: HttpRequest, device: Device, token: str) -> dict[str, Any]:
    link = next((one for one in device_pages if one.key == device.kind), None)
    address = request.build_absolute_uri(reverse(link.url_name, args=[token])) if link else ""
    return {"name": device.name, "address": address, "token": token, "words": link.words if link else ""}


def _list(request: HttpRequest, *, shown: dict[str, Any] | None = None) -> HttpResponse:
    context = {
        "tabs": tabs(request, "devices"),
        "devices": queries.devices(request.clinic),  # type: ignore[attr-defined]
        "shown": shown,
    }
    return render(request, "clinics/device_list.html", context)

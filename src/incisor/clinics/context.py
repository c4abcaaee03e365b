"""What the frame of every page shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.accounts.queries import is_second_factor_waived
from incisor.clinics.hooks import device_frames, page_frames
from incisor.clinics.queries import device_kinds
from incisor.kernel.clock import now
from incisor.kernel.hooks import Entry, Link, commands, navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return navigation in its groups, clinics to switch to, and commands, as far as the person may use them."""
    clinic = getattr(request, "clinic", None)
    if clinic is None or not request.user.is_authenticated:
        return {"navigation": [], "clinics": []}
    user = request.user
    return {
        # lazily: asked by whole pages only, not by the many small parts of them
        "navigation": SimpleLazyObject(lambda: _navigation(user, clinic, request.path)),
        "command_keys": SimpleLazyObject(lambda: _command_keys(user, clinic)),
        "page_frames": SimpleLazyObject(
            lambda: [reverse(one.url_name) for one in page_frames if _may(user, one, clinic)]
        ),
        "frames": SimpleLazyObject(lambda: _frames(user, clinic)),
        "may_export": may(user, Permission.PATIENT_EXPORT, clinic.pk),  # type: ignore[arg-type]
        "clinics": getattr(request, "clinics", []),
        "clinic_name": clinic.name,
        "clinic_switch_url": reverse("clinics:switch"),
        "account_url": reverse("accounts:account"),
        "lock_url": reverse("accounts:lock"),
        "sign_out_url": reverse("accounts:sign-out"),
        "idle_minutes": clinic.idle_lock_minutes,
        "is_second_factor_waived": is_second_factor_waived(user),  # type: ignore[arg-type]
        "server_now": now().isoformat(),
    }


def _navigation(user: Any, clinic: Any, path: str) -> list[dict[str, Any]]:
    """Return the links in their groups, the one to the present page marked."""
    links = [link for link in navigation if _sees(user, link, clinic)]
    addresses = {link.key: reverse(link.url_name) for link in links}
    here = [url for url in addresses.values() if path == url or (url != "/" and path.startswith(url))]
    groups: dict[str, list[dict[str, Any]]] = {}
    for link in links:
        url = addresses[link.key]
        is_active = bool(here) and url == max(here, key=len)
        entry = {"label": link.label, "url": url, "icon": link.icon, "shortcut": link.shortcut, "active": is_active}
        groups.setdefault(str(link.group), []).append(entry)
    return [{"label": label, "items": items} for label, items in groups.items()]


def _command_keys(user: Any, clinic: Any) -> list[dict[str, Any]]:
    return [
        {"label": link.label, "url": reverse(link.url_name), "shortcut": link.shortcut, "opens": link.opens}
        for link in commands
        if link.shortcut and _sees(user, link, clinic)
    ]


def _frames(user: Any, clinic: Any) -> list[str]:
    """Return the addresses of what stands in the frame because of a device of the clinic."""
    kinds = device_kinds(clinic)
    return [
        reverse(one.url_name)
        for one in device_frames
        if one.key in kinds and may(user, one.permission or "", clinic.pk)
    ]


def _sees(user: Any, link: Link, clinic: Any) -> bool:
    return _may(user, link, clinic)


def _may(user: Any, entry: Entry, clinic: Any) -> bool:
    place = None if entry.is_organisation else clinic.pk
    wanted = [one for one in (entry.permission, entry.or_permission) if one is not None]
    return not wanted or any(may(user, one, place) for one in wanted)

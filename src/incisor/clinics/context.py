"""What the frame of every page shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from incisor.accounts.access import may
from incisor.kernel.hooks import commands, navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return navigation in its groups, clinics to switch to, and commands, as far as the person may use them."""
    clinic = getattr(request, "clinic", None)
    if clinic is None or not request.user.is_authenticated:
        return {"navigation": [], "clinics": []}
    groups: dict[str, list[dict[str, Any]]] = {}
    for link in navigation:
        if link.permission is not None and not may(request.user, link.permission, clinic.pk):
            continue
        url = reverse(link.url_name)
        groups.setdefault(str(link.group), []).append(
            {
                "label": link.label,
                "url": url,
                "icon": link.icon,
                "shortcut": link.shortcut,
                "active": request.path.startswith(url) if url != "/" else request.path == "/",
            }
        )
    keys = [
        {"label": link.label, "url": reverse(link.url_name), "shortcut": link.shortcut}
        for link in commands
        if link.shortcut and (link.permission is None or may(request.user, link.permission, clinic.pk))
    ]
    return {
        "navigation": [{"label": label, "items": items} for label, items in groups.items()],
        "clinics": getattr(request, "clinics", []),
        "command_keys": keys,
    }

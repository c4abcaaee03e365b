"""What the settings pages share: their tabs, and where a change leads when bookings no longer fit."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.clinics import queries
from incisor.clinics.hooks import settings_tabs_of, worklist_url
from incisor.kernel.clock import now
from incisor.kernel.editing import saved


def tabs(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """Return the tabs of the settings, none for who may not change them. here: the URL name of the one that is open."""
    return settings_tabs_of(request, f"clinics:{here}")


def may_see_bookings(request: HttpRequest) -> bool:
    """Tell whether the person may see whose bookings a change hits."""
    return may(request.user, Permission.APPOINTMENT_SEE, request.clinic.pk)  # type: ignore[arg-type,attr-defined]


def saved_with_check(request: HttpRequest, to: str, text: str, *args: Any) -> HttpResponse:
    """Go on to the page, or to the bookings that no longer fit when there are any."""
    misfits = queries.bookings_outside_hours(request.clinic, since=now())  # type: ignore[attr-defined]
    if not misfits:
        return saved(request, to, text, *args)
    warning = ngettext(
        "%(saved)s %(count)s booking no longer fits.", "%(saved)s %(count)s bookings no longer fit.", len(misfits)
    )
    words = warning % {"saved": text, "count": len(misfits)}
    if not may_see_bookings(request):
        words = f"{words} {_('Tell the front desk.')}"
        return saved(request, to, words, *args, level=messages.WARNING)
    return saved(request, worklist_url() or reverse("clinics:misfits"), words, level=messages.WARNING)

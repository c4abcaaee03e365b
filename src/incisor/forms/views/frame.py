"""What the pages of forms share."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incisor.accounts.access import may
from incisor.accounts.enums import Permission


def language_of(request: HttpRequest) -> str:
    """Return the language of the page."""
    return get_language() or "zh-hans"


def may_fill(request: HttpRequest) -> bool:
    """Tell whether the person may have forms filled in."""
    return may(request.user, Permission.FORM_FILL, request.clinic.pk)  # type: ignore[arg-type,attr-defined]


def may_edit(request: HttpRequest) -> bool:
    """Tell whether the person may design forms."""
    return may(request.user, Permission.FORM_EDIT, request.clinic.pk)  # type: ignore[arg-type,attr-defined]


def design_tabs(here: str) -> list[dict[str, Any]]:
    """Return the tabs of the pages on which forms are designed. here: the URL name of the open one."""
    entries = [("designs", _("Forms")), ("rules", _("When they are asked for"))]
    return [{"url": reverse(f"forms:{name}"), "label": label, "active": name == here} for name, label in entries]


def named(posted: Any) -> dict[str, list[str]]:
    """Return what a page sent as name → values."""
    return dict(posted.lists())

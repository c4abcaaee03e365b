"""How a step is answered: with the list it was taken on, or with a word to whatever page asked."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.reception.views.board import board_context, chairside_context
from incisor.visits.models import VisitStep

LEVELS = {"success": messages.SUCCESS, "warning": messages.WARNING, "danger": messages.ERROR}


def undo_url_of(step: VisitStep | None) -> str | None:
    """Return where a step is taken back."""
    return reverse("reception:undo", args=[step.pk]) if step is not None else None


def done(
    request: HttpRequest,
    text: Any,
    *,
    at: datetime,
    undo_url: str | None = None,
    level: str = "success",
    panel: tuple[str, Any] | None = None,
) -> HttpResponse:
    """Say what was done, with its undo, on the board, at the chair, or wherever the hand was."""
    if not wants_fragment(request):
        messages.add_message(request, LEVELS[level], str(text), extra_tags=undo_url or "")
        return redirect(request, _back(request))
    target = request.headers.get("HX-Target", "")
    if target == "board":
        response = render(request, "reception/today.html", board_context(request, at), partial="board")
    elif target == "my-day":
        response = render(request, "reception/chairside.html", chairside_context(request, at), partial="day")
    else:
        response = trigger(HttpResponse(status=204), "live:day")
        if target == "panel-body":
            trigger(response, "panel-close")
    return toast(response, text, level, undo_url=undo_url, panel=panel)


def _back(request: HttpRequest) -> str:
    """Return the page to go back to without JavaScript."""
    wanted = request.POST.get("next", "")
    is_own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_own else reverse("reception:today")

"""One view for the whole page and for its fragment."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether the request comes from a part of a page (HTMX and not boosted)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, partial: str = "", status: int = 200
) -> HttpResponse:
    """Return the page, or only its named partial when a part of a page asked."""
    fragment = bool(partial) and wants_fragment(request)
    response = render_page(request, f"{template}#{partial}" if fragment else template, context or {}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted"])
    return response


def trigger(response: HttpResponse, event: str, detail: Any = True) -> HttpResponse:
    """Let the page hear an event when the answer has arrived. Several can be added."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[event] = detail
    if "panel-close" in events:  # last: it takes away the element from which the others are heard
        events["panel-close"] = events.pop("panel-close")
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def toast(
    response: HttpResponse,
    text: Any,
    level: str = "success",
    *,
    undo_url: str | None = None,
    panel: tuple[str, Any] | None = None,
) -> HttpResponse:
    """Show a short message, with an Undo button for ten seconds when undo_url is given (it receives a POST).

    panel: the URL and the words of what may be done next; a button opens it in the side panel.
    """
    told: dict[str, Any] = {"text": str(text), "level": level, "undo_url": undo_url}
    if panel is not None:
        told |= {"panel_url": panel[0], "panel_label": str(panel[1])}
    return trigger(response, "toast", told)


def redirect(request: HttpRequest, url: str) -> HttpResponse:
    """Send the whole browser to another page, from a page or from a part of one."""
    response = HttpResponse(status=204) if wants_fragment(request) else HttpResponse(status=303)
    response.headers["HX-Redirect" if wants_fragment(request) else "Location"] = url
    return response

"""The interface put together, and one request through it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from incisor.accounts.access import looking
from incisor.api.views.rest import appointments, holds, patients, places, times
from incisor.api.views.rest.problems import answer_to, problem

TITLE = "Incisor 门牙"
api = NinjaAPI(
    title=TITLE,
    version="1",
    description="Patients, appointments and free times of one clinic, for other programs. The same services and rules "
    "as the pages of the desk; see docs/develop/api.md.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-v1",
)
for part in (places, patients, times, holds, appointments):
    api.add_router("", part.router)
for kind in (Exception, Http404, HttpError, ValidationError):  # ninja answers the last three itself, as plain JSON
    api.add_exception_handler(kind, answer_to)
_resolver = URLResolver(RegexPattern(r"^"), api.urls[0])
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def answer(request: HttpRequest, rest: str) -> HttpResponse:
    """Return the answer to a request for the part of the address that follows /api/v1/."""
    with translation.override(_language(request)), looking():
        response = _answer(request, rest)
    response.headers["Content-Language"] = _language(request)
    response.headers["Cache-Control"] = "no-store, private"
    patch_vary_headers(response, ["Accept-Language", "Authorization"])
    for name, value in getattr(request, "pace", {}).items():
        response.headers[name] = value
    return response


def _language(request: HttpRequest) -> str:
    """The first language of Accept-Language that we speak; English when none is said, for programs read codes."""
    for wanted in request.headers.get("Accept-Language", "").split(","):
        known = LANGUAGES.get(wanted.strip()[:2].lower())
        if known:
            return known
    return "en"


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    try:
        found = _resolver.resolve(rest)
    except Resolver404:
        return problem(request, 404, "no_such_address", _("There is no such address. See /api/v1/openapi.json."))
    response: Any = found.func(request, *found.args, **found.kwargs)
    if response.status_code == 405:
        refusal = problem(
            request, 405, "wrong_method", _("This address takes %(methods)s.") % {"methods": response.headers["Allow"]}
        )
        refusal.headers["Allow"] = response.headers["Allow"]
        return refusal
    return response

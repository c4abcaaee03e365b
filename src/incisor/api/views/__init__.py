"""The door of the interface. What stands behind it (django-ninja, pydantic) is loaded at the first request."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from incisor.accounts.access import public


@csrf_exempt  # no cookie opens this door: each request brings its key
@public
def door(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a request of another program; the key it brings decides."""
    from incisor.api.views.rest.answering import answer  # noqa: PLC0415 -- pages must not wait for it

    return answer(request, rest)


@require_safe
@public
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the description of the interface, OpenAPI 3.1: it holds no data of anybody."""
    from incisor.api.views.rest.document import document_text  # noqa: PLC0415 -- pages must not wait for it

    return HttpResponse(document_text(), content_type="application/json")

"""Refusals and failures as application/problem+json (RFC 9457)."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import HttpError, ValidationError

from incisor.api.views.rest.shown import slot
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.views import DATABASE_IS_AWAY
from incisor.patients.services import AlreadyRegistered, WrongValue
from incisor.scheduling.services import SlotTaken

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("No valid key"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("There is no such thing"),
    405: gettext_lazy("This address does not take this method"),
    409: gettext_lazy("This cannot be done now"),
    412: gettext_lazy("Somebody else changed it meanwhile"),
    422: gettext_lazy("Something in the request is wrong"),
    428: gettext_lazy("The version is missing"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("The database does not answer"),
}


class Unreadable(Refused):
    """The request is not what HTTP or the interface expects. status tells which."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:
        super().__init__(message, code=code, **details)
        self.status = status


def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return the answer that says what is wrong."""
    body = {
        "type": f"urn:incisor:problem:{code}",
        "title": str(TITLES.get(status, TITLES[500])),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.path,
        **{name: value for name, value in more.items() if value},
    }
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def answer_to(request: HttpRequest, failure: Exception) -> HttpResponse:
    """Return the problem that a refusal or failure is."""
    if isinstance(failure, ValidationError):
        return _wrong_shape(request, failure)
    if isinstance(failure, HttpError):  # ninja's own: a body that is no JSON
        return problem(request, failure.status_code, "unreadable", _("The body is no JSON that can be read."))
    if isinstance(failure, Refused):
        return _refused(request, failure)
    if isinstance(failure, DATABASE_IS_AWAY):
        log.error("the database did not answer: %s", failure, exc_info=failure)
        text = _("The database does not answer just now. Nothing was half saved. Try again in a minute.")
        return problem(request, 503, "database_is_away", text)
    log.error("the interface failed at %s %s", request.method, request.path, exc_info=failure)
    return problem(request, 500, "broken", _("This should not happen. It stands in the server's log."))


def _wrong_shape(request: HttpRequest, failure: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in one["loc"][1:] if part != "given") or str(one["loc"][0]),
         "message": one["msg"]}
        for one in failure.errors
    ]  # fmt: skip
    return problem(request, 422, "wrong_shape", _("Some fields are missing or cannot be read."), errors=errors)


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    status, more = refusal.status, dict[str, Any]()
    text = str(refusal) or str(TITLES.get(status, ""))
    if isinstance(refusal, WrongValue):
        status, more = 422, {"errors": [{"field": refusal.field, "message": text}]}
    elif isinstance(refusal, ChangedMeanwhile):
        status = 412
    elif isinstance(refusal, SlotTaken):
        more = {
            "reasons": refusal.details["reasons"],
            "alternatives": [slot(one, request.token.clinic) for one in refusal.alternatives],
        }
    elif isinstance(refusal, AlreadyRegistered):
        more = {
            "look_alikes": [
                {"id": str(one.patient.pk), "file_number": one.patient.file_number, "score": one.likeness.score}
                for one in refusal.look_alikes
            ]
        }
    response = problem(request, status, refusal.code, text, **more)
    for name, value in refusal.details.get("headers", {}).items():
        response.headers[name] = value
    return response

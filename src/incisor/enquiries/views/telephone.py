"""The door of the telephone system: it says which number rings (docs/develop/telephone.md)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from incisor.accounts.access import public
from incisor.clinics.enums import DeviceKind
from incisor.clinics.queries import device_of_token
from incisor.clinics.services import note_device_seen
from incisor.enquiries import services
from incisor.enquiries.enums import CallState
from incisor.kernel.clock import now

STATES = {"ringing": CallState.RINGING, "answered": CallState.TAKEN, "ended": CallState.ENDED}
LARGEST = 4_000


@csrf_exempt
@require_POST
@public
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Take one report, as JSON or as form fields: call, number, state. The key in the address is the guard."""
    device = device_of_token(token, DeviceKind.TELEPHONE)
    at = now()
    note_device_seen(device, at=at)
    said = _said(request)
    problem = _problem(said)
    if problem:
        return JsonResponse({"problem": problem}, status=400)
    services.report_call(
        device=device, line_id=str(said["call"])[:60], number=str(said.get("number") or "")[:40],
        state=STATES[str(said["state"])], at=at,
    )  # fmt: skip
    return HttpResponse(status=204)


def _said(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        said = json.loads(request.body[:LARGEST])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _problem(said: dict[str, Any]) -> str:
    """Return what is wrong with a report, in English: a program reads it."""
    if not said.get("call"):
        return "call: the telephone system's own number of the call is missing"
    if said.get("state") not in STATES:
        return f"state: one of {', '.join(STATES)}"
    return ""

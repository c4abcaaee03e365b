"""Holds: a time kept free while somebody decides. They end by themselves, and with the booking."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from incisor.api.views.rest import shown, words
from incisor.api.views.rest.keys import WRITE_APPOINTMENTS
from incisor.api.views.rest.manners import IdempotencyKey, once, procedures_given
from incisor.api.views.rest.named import chair_given, dentist_given, hold_of, patient_given
from incisor.kernel.clock import now
from incisor.scheduling import services
from incisor.scheduling.enums import HoldPurpose
from incisor.scheduling.rules import need_of

router = Router(tags=["Holds"])


@router.post(
    "/holds",
    auth=WRITE_APPOINTMENTS,
    response={201: words.Hold},
    summary="Hold a time",
    description="Through the same gate as a booking; nobody else gets the time until the hold ends. Book it with "
    "`hold_id`, or give it back.",
)
def hold_new(
    request: HttpRequest, response: HttpResponse, given: words.NewHold, idempotency_key: IdempotencyKey
) -> Any:
    clinic, at = request.token.clinic, now()

    def hold() -> UUID:
        return services.hold_slot(
            by=request.user,
            clinic=clinic,
            patient=patient_given(request, given.patient_id),
            dentist=dentist_given(request, given.dentist_id),
            chair=chair_given(request, given.chair_id),
            starts_at=given.starts_at,
            need=need_of(procedures_given(given.procedures), minutes=given.minutes),
            lasts=timedelta(seconds=given.lasts_seconds),
            purpose=HoldPurpose.ONLINE,
            label=request.token.name,
            at=at,
        ).pk

    made = once(request, response, idempotency_key, at, hold)
    response.headers["Location"] = f"{request.path}/{made}"
    return Status(201, shown.hold(hold_of(request, made), clinic, at=at))


@router.get("/holds/{uuid:hold_id}", auth=WRITE_APPOINTMENTS, response=words.Hold, summary="A hold of this key")
def hold(request: HttpRequest, hold_id: UUID) -> Any:
    return shown.hold(hold_of(request, hold_id), request.token.clinic, at=now())


@router.delete(
    "/holds/{uuid:hold_id}",
    auth=WRITE_APPOINTMENTS,
    response={204: None},
    summary="Give a held time back",
    description="One that has ended already stays as it is.",
)
def hold_release(request: HttpRequest, hold_id: UUID) -> Any:
    services.release_hold(by=request.user, hold=hold_of(request, hold_id), at=now())
    return Status(204, None)

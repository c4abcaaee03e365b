"""Appointments: listed, booked through the one gate, moved, confirmed, cancelled."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from incisor.accounts.access import may
from incisor.api.enums import PERMISSIONS, Scope
from incisor.api.views.rest import shown, words
from incisor.api.views.rest.keys import READ_APPOINTMENTS, WRITE_APPOINTMENTS
from incisor.api.views.rest.manners import (
    Cursor,
    IdempotencyKey,
    IfMatch,
    Limit,
    once,
    page_of,
    place_given,
    procedures_given,
    refuse_stale,
    tag,
    version_given,
)
from incisor.api.views.rest.named import chair_given, dentist_given, hold_given, patient_given
from incisor.kernel.clock import day_bounds, now
from incisor.scheduling import queries, services
from incisor.scheduling.enums import AppointmentStatus
from incisor.scheduling.models import Appointment

router = Router(tags=["Appointments"])


def _knows_patients(request: HttpRequest) -> bool:
    token = request.token
    return Scope.PATIENTS_READ in token.scopes and may(token.user, PERMISSIONS[Scope.PATIENTS_READ], token.clinic_id)


def _shown(request: HttpRequest, row: Appointment) -> dict[str, Any]:
    return shown.appointment(row, request.token.clinic, knows_patients=_knows_patients(request))


def _one(request: HttpRequest, response: HttpResponse, appointment_id: UUID) -> dict[str, Any]:
    row = queries.appointment(request.token.clinic, appointment_id)
    tag(response, row.version)
    return _shown(request, row)


@router.get(
    "/appointments",
    auth=READ_APPOINTMENTS,
    response=words.AppointmentPage,
    summary="Appointments by time",
    description="Without `with_freed` those that were cancelled, missed or given another time are left out.",
)
def appointment_list(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    first: Annotated[words.Day | None, Query(None, description="First day, by the clinic's calendar.")],
    last: Annotated[words.Day | None, Query(None, description="Last day.")],
    dentist_id: Annotated[UUID | None, Query(None)],
    patient_id: Annotated[UUID | None, Query(None)],
    status: Annotated[words.STATUSES | None, Query(None)],
    with_freed: Annotated[bool, Query(False)],
) -> Any:
    clinic = request.token.clinic
    rows = queries.appointments_after(
        clinic,
        place_given(cursor),
        limit=limit + 1,
        starts_at=day_bounds(first, clinic.zone)[0] if first else None,
        ends_at=day_bounds(last, clinic.zone)[1] if last else None,
        dentist=dentist_given(request, dentist_id),
        patient=patient_given(request, patient_id),
        status=status or "",
        with_freed=with_freed,
    )
    return page_of(rows, limit, lambda row: _shown(request, row), lambda row: (row.starts_at, row.pk))


@router.post(
    "/appointments",
    auth=WRITE_APPOINTMENTS,
    response={201: words.Appointment},
    summary="Book an appointment",
    description="Through the same gate as the desk. 409 slot_taken says why, and names the nearest times that are free.",
)
def appointment_new(
    request: HttpRequest, response: HttpResponse, given: words.NewAppointment, idempotency_key: IdempotencyKey
) -> Any:
    clinic, at = request.token.clinic, now()

    def book() -> UUID:
        return services.book_appointment(
            by=request.user,
            clinic=clinic,
            patient=patient_given(request, given.patient_id),
            dentist=dentist_given(request, given.dentist_id),
            chair=chair_given(request, given.chair_id),
            starts_at=given.starts_at,
            minutes=given.minutes,
            procedures=procedures_given(given.procedures),
            channel=given.channel,
            status=given.status,
            need=given.need,
            note=given.note,
            hold=hold_given(request, given.hold_id),
            at=at,
        ).pk

    made = once(request, response, idempotency_key, at, book)
    response.headers["Location"] = f"{request.path}/{made}"
    return Status(201, _one(request, response, made))


@router.get(
    "/appointments/{uuid:appointment_id}", auth=READ_APPOINTMENTS, response=words.Appointment, summary="One appointment"
)
def appointment(request: HttpRequest, response: HttpResponse, appointment_id: UUID) -> Any:
    return _one(request, response, appointment_id)


@router.patch(
    "/appointments/{uuid:appointment_id}",
    auth=WRITE_APPOINTMENTS,
    response=words.Appointment,
    summary="Change what an appointment is for",
    description="Its time stays; a longer treatment is a move.",
)
def appointment_change(
    request: HttpRequest,
    response: HttpResponse,
    appointment_id: UUID,
    given: words.AppointmentChanges,
    if_match: IfMatch,
) -> Any:
    version, row = version_given(if_match), queries.appointment(request.token.clinic, appointment_id)
    refuse_stale(version, row.version)
    services.edit_appointment(
        by=request.user,
        appointment=row,
        need=row.need if given.need is None else given.need,
        note=row.note if given.note is None else given.note,
        procedures=None if given.procedures is None else procedures_given(given.procedures),
        version=version,
        at=now(),
    )
    return _one(request, response, appointment_id)


@router.post(
    "/appointments/{uuid:appointment_id}/move",
    auth=WRITE_APPOINTMENTS,
    response=words.Appointment,
    summary="Give an appointment another time",
    description="The same appointment keeps its id. 409 slot_taken as for a booking.",
)
def appointment_move(
    request: HttpRequest,
    response: HttpResponse,
    appointment_id: UUID,
    given: words.Move,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
) -> Any:
    at, version = now(), version_given(if_match)
    row = queries.appointment(request.token.clinic, appointment_id)

    def move() -> UUID:
        refuse_stale(version, row.version)
        services.move_appointment(
            by=request.user,
            appointment=row,
            starts_at=given.starts_at,
            dentist=dentist_given(request, given.dentist_id),
            chair=chair_given(request, given.chair_id),
            minutes=given.minutes,
            version=version,
            at=at,
        )
        return appointment_id

    return _one(request, response, once(request, response, idempotency_key, at, move))


@router.post(
    "/appointments/{uuid:appointment_id}/cancel",
    auth=WRITE_APPOINTMENTS,
    response=words.Appointment,
    summary="Cancel an appointment",
    description="Its time is free at once.",
)
def appointment_cancel(
    request: HttpRequest,
    response: HttpResponse,
    appointment_id: UUID,
    given: words.Cancellation,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
) -> Any:
    at, version = now(), version_given(if_match)
    row = queries.appointment(request.token.clinic, appointment_id)

    def cancel() -> UUID:
        refuse_stale(version, row.version)
        services.cancel_appointment(
            by=request.user, appointment=row, reason=given.reason, note=given.note, version=version, at=at
        )
        return appointment_id

    return _one(request, response, once(request, response, idempotency_key, at, cancel))


@router.post(
    "/appointments/{uuid:appointment_id}/confirm",
    auth=WRITE_APPOINTMENTS,
    response=words.Appointment,
    summary="Confirm a requested appointment",
)
def appointment_confirm(
    request: HttpRequest, response: HttpResponse, appointment_id: UUID, idempotency_key: IdempotencyKey
) -> Any:
    at = now()
    row = queries.appointment(request.token.clinic, appointment_id)

    def confirm() -> UUID:
        services.change_status(by=request.user, appointment=row, to=AppointmentStatus.CONFIRMED, at=at)
        return appointment_id

    return _one(request, response, once(request, response, idempotency_key, at, confirm))

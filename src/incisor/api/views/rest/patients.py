"""Patients: listed, found, registered, changed."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from incisor.accounts.access import may
from incisor.api.enums import PERMISSIONS, Scope
from incisor.api.views.rest import shown, words
from incisor.api.views.rest.keys import READ_PATIENTS, WRITE_PATIENTS
from incisor.api.views.rest.manners import (
    Cursor,
    IdempotencyKey,
    IfMatch,
    Limit,
    once,
    page_of,
    place_given,
    refuse_stale,
    tag,
    version_given,
)
from incisor.kernel.clock import now
from incisor.patients import queries, services
from incisor.patients.enums import SEALED_FIELDS
from incisor.patients.models import Patient

router = Router(tags=["Patients"])


def _sees_whole(request: HttpRequest) -> bool:
    token = request.token
    scope = Scope.PATIENTS_PERSONAL
    return scope in token.scopes and may(token.user, PERMISSIONS[scope], token.clinic_id)


def _one(request: HttpRequest, response: HttpResponse, row: Patient, is_whole: bool, at: datetime) -> dict[str, Any]:
    tag(response, row.version)
    return shown.patient(row, request.token.clinic, at=at, is_whole=is_whole)


def _is_revealed(request: HttpRequest, row: Patient, reason: str, at: datetime) -> bool:
    """Tell whether the file is shown whole, by the same rule as at the desk; the look is noted and can be reviewed."""
    if not _sees_whole(request):
        return False
    clinic = request.token.clinic
    try:
        services.reveal(by=request.user, clinic=clinic, patient=row, what=SEALED_FIELDS, reason=reason, at=at)
    except services.ReasonNeeded:
        return False
    return True


@router.get(
    "/patients",
    auth=READ_PATIENTS,
    response=words.PatientPage,
    summary="All patients, by the time their file was opened",
    description="Personal data are masked here for every key; read a single patient to see more.",
)
def patient_list(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    file_number: Annotated[words.Number, Query("", description="Only the file with this number.")],
    phone: Annotated[words.Number, Query("", description="Only files with this whole phone number.")],
) -> Any:
    clinic, at = request.token.clinic, now()
    rows = queries.patients_after(clinic, place_given(cursor), limit=limit + 1, file_number=file_number, phone=phone)
    return page_of(
        rows,
        limit,
        lambda row: shown.patient(row, clinic, at=at, is_whole=False),
        lambda row: (row.created_at, row.pk),
    )


@router.get(
    "/patients/search",
    auth=READ_PATIENTS,
    response=list[words.Patient],
    summary="Find patients as the desk does",
    description="By name, pinyin, initials, phone, last four digits, file number, ID number or birth date; "
    "who is due or here comes first. Masked.",
)
def patient_search(
    request: HttpRequest,
    text: Annotated[words.Name, Query(..., description="What is known of the patient.")],
    limit: Annotated[int, Query(8, ge=1, le=50)],
) -> Any:
    clinic, at = request.token.clinic, now()
    hits = queries.find(clinic, text, at=at, limit=limit) if text.strip() else []
    return [shown.patient(hit.patient, clinic, at=at, is_whole=False) for hit in hits]


@router.post(
    "/patients",
    auth=WRITE_PATIENTS,
    response={201: words.Patient},
    summary="Register a patient",
    description="409 already_registered names files that are likely of the same person. An ID number or passport is "
    "compared too. Send is_somebody_else only after a person has looked.",
)
def patient_new(
    request: HttpRequest, response: HttpResponse, given: words.NewPatient, idempotency_key: IdempotencyKey
) -> Any:
    clinic, at = request.token.clinic, now()
    made = once(
        request,
        response,
        idempotency_key,
        at,
        lambda: services.register_patient(by=request.user, clinic=clinic, at=at, **given.model_dump()).pk,
    )
    row = queries.patient(clinic, made)
    response.headers["Location"] = f"{request.path}/{made}"
    return Status(201, _written(request, response, row))


def _written(request: HttpRequest, response: HttpResponse, row: Patient) -> dict[str, Any]:
    """Show a file to whoever has just written it: masked, unless the key may see it whole."""
    at = now()
    return _one(request, response, row, _is_revealed(request, row, "", at), at)


@router.get(
    "/patients/{uuid:patient_id}",
    auth=READ_PATIENTS,
    response=words.Patient,
    summary="One patient",
    description="A key that may see personal data sees them whole when the file is on today's list (registered, expected "
    "or here today, or to be called) or when `reason` is given; else they come masked, and `is_masked` says so. Every "
    "look is recorded; looks at files that are not on today's list stand on the manager's list. Where the clinic asks for "
    "a reason before any file opens, 409 reason_needed is the answer without one.",
)
def patient(
    request: HttpRequest,
    response: HttpResponse,
    patient_id: UUID,
    reason: Annotated[words.LOOK_REASONS | None, Query(None, description="Why the file is needed.")],
) -> Any:
    clinic, at = request.token.clinic, now()
    row = queries.patient(clinic, patient_id)
    is_whole = _is_revealed(request, row, reason or "", at)
    if not is_whole:
        services.open_file(by=request.user, clinic=clinic, patient=row, reason=reason or "", at=at)
    return _one(request, response, row, is_whole, at)


@router.patch(
    "/patients/{uuid:patient_id}",
    auth=WRITE_PATIENTS,
    response=words.Patient,
    summary="Change a patient",
    description="Only the fields that are sent change; the old values stay in the file's history.",
)
def patient_change(
    request: HttpRequest, response: HttpResponse, patient_id: UUID, given: words.PatientChanges, if_match: IfMatch
) -> Any:
    clinic, version = request.token.clinic, version_given(if_match)
    row = queries.patient(clinic, patient_id)
    refuse_stale(version, row.version)
    changes = {name: value for name, value in given.model_dump(exclude_unset=True).items() if _is_value(name, value)}
    changed = services.change_patient(by=request.user, patient=row, version=version, changes=changes, at=now())
    return _written(request, response, changed)


def _is_value(name: str, value: Any) -> bool:
    """Tell whether a field was given: null empties the birth date and means nothing for the others."""
    return value is not None or name == "born_on"

"""Patients: listed, found, registered, changed."""

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


def _one(request: HttpRequest, response: HttpResponse, row: Patient) -> dict[str, Any]:
    """Show one file, whole to whoever may see it whole. Every look is noted."""
    at, is_whole = now(), _sees_whole(request)
    if is_whole:
        services.unmask(by=request.user, patient=row, fields=SEALED_FIELDS, at=at)
    else:
        services.note_look(by=request.user, patient=row, at=at)
    tag(response, row.version)
    return shown.patient(row, request.token.clinic, at=at, is_whole=is_whole)


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
    if _sees_whole(request):
        return _one(request, response, row)
    tag(response, row.version)
    return shown.patient(row, request.token.clinic, at=now(), is_whole=False)


@router.get("/patients/{uuid:patient_id}", auth=READ_PATIENTS, response=words.Patient, summary="One patient")
def patient(request: HttpRequest, response: HttpResponse, patient_id: UUID) -> Any:
    return _one(request, response, queries.patient(request.token.clinic, patient_id))


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

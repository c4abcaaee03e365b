"""The rows that a request names: always of the clinic of its key."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from incisor.api.views.rest.manners import named_by
from incisor.clinics.queries import chair as chair_of
from incisor.kernel.errors import NotFound
from incisor.patients.queries import patient as patient_of
from incisor.scheduling import queries
from incisor.scheduling.models import Hold
from incisor.staff.queries import dentist as dentist_of


def dentist_given(request: HttpRequest, key: UUID | None) -> Any:
    return named_by(lambda: dentist_of(request.token.clinic, key), "dentist_id") if key else None


def chair_given(request: HttpRequest, key: UUID | None) -> Any:
    return named_by(lambda: chair_of(request.token.clinic, key), "chair_id") if key else None


def patient_given(request: HttpRequest, key: UUID | None) -> Any:
    return named_by(lambda: patient_of(request.token.clinic, key), "patient_id") if key else None


def hold_given(request: HttpRequest, key: UUID | None) -> Any:
    return named_by(lambda: hold_of(request, key), "hold_id") if key else None


def hold_of(request: HttpRequest, key: UUID | None) -> Hold:
    """Return a hold that this key made. Raises NotFound, also for one of the desk or of another key."""
    found = queries.hold(request.token.clinic, key)
    if found.created_by_id != request.user.pk:
        raise NotFound()
    return found

"""The clinic of the key: its dentists, chairs and treatments."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from incisor.api.views.rest import shown, words
from incisor.api.views.rest.keys import READ_CLINIC
from incisor.clinics import queries as places
from incisor.staff.queries import dentists as dentists_of

router = Router(tags=["Clinic"])


@router.get("/clinic", auth=READ_CLINIC, response=words.Clinic, summary="The clinic of the key")
def clinic(request: HttpRequest) -> Any:
    return shown.clinic(request.token.clinic)


@router.get("/dentists", auth=READ_CLINIC, response=list[words.Dentist], summary="Dentists who work in the clinic")
def dentists(request: HttpRequest) -> Any:
    return [shown.dentist(row) for row in dentists_of(request.token.clinic)]


@router.get("/chairs", auth=READ_CLINIC, response=list[words.Chair], summary="Chairs in use")
def chairs(request: HttpRequest) -> Any:
    return [shown.chair(row) for row in places.chairs(request.token.clinic)]


@router.get("/procedures", auth=READ_CLINIC, response=list[words.Procedure], summary="Treatments that can be booked")
def procedures(request: HttpRequest) -> Any:
    return [shown.procedure(row) for row in places.procedures()]

"""Free times."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from incisor.api.views.rest import shown, words
from incisor.api.views.rest.keys import READ_APPOINTMENTS
from incisor.api.views.rest.manners import Cursor, page_of, place_given, procedures_given
from incisor.api.views.rest.named import dentist_given, patient_given
from incisor.kernel.clock import local, now
from incisor.scheduling import queries
from incisor.scheduling.rules import need_of, suits
from incisor.staff.queries import dentists as dentists_of

router = Router(tags=["Free times"])
MOST_DAYS = 31


@router.get(
    "/free-times",
    auth=READ_APPOINTMENTS,
    response=words.SlotPage,
    summary="Times that can be booked",
    description="Of the dentists whose specialty suits the treatments, soonest first, with the chair to use. "
    "A time can be taken by somebody else until it is held or booked.",
)
def free_times(
    request: HttpRequest,
    procedures: Annotated[
        list[words.Code], Query(..., min_length=1, max_length=10, description="Codes of treatments, see /procedures.")
    ],
    cursor: Cursor,
    limit: Annotated[int, Query(100, ge=1, le=500)],
    first: Annotated[words.Day | None, Query(None, description="First day; today when left out.")],
    days: Annotated[int, Query(7, ge=1, le=MOST_DAYS)],
    minutes: Annotated[words.Minutes | None, Query(None, description="Length, when it is not the usual one.")],
    dentist_id: Annotated[UUID | None, Query(None, description="Only this dentist.")],
    patient_id: Annotated[UUID | None, Query(None, description="Leave out when this patient is elsewhere.")],
) -> Any:
    clinic, at = request.token.clinic, now()
    need = need_of(procedures_given(procedures), minutes=minutes)
    dentist = dentist_given(request, dentist_id)
    everybody = dentists_of(clinic)
    able = [row for row in everybody if suits(need, row.specialties)] or everybody
    found = queries.free_slots(
        clinic,
        dentists=[dentist] if dentist else able,
        need=need,
        first=first or local(at, clinic.zone).date(),
        days=days,
        now=at,
        patient=patient_given(request, patient_id),
    )
    place = place_given(cursor)
    rows = sorted(found, key=lambda row: (row.starts_at, row.dentist.pk))
    if place is not None:
        rows = [row for row in rows if (row.starts_at, row.dentist.pk) > place]
    return page_of(rows, limit, lambda row: shown.slot(row, clinic), lambda row: (row.starts_at, row.dentist.pk))

"""Appointments of some days as a file."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from incisor.accounts.access import page, require
from incisor.accounts.enums import Permission
from incisor.kernel.clock import day_bounds, now
from incisor.kernel.errors import NotFound
from incisor.kernel.exports import Column, export, wanted
from incisor.patients.rules import mask_phone
from incisor.scheduling import queries
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries import day_of
from incisor.staff.queries import dentist as dentist_of

LONGEST = timedelta(days=366)


def _treatments(row: Appointment) -> list[str]:
    return [str(item.procedure) for item in row.items.all()]


COLUMNS = (
    Column(_("Start"), lambda row: row.starts_at),
    Column(_("End"), lambda row: row.ends_at),
    Column(_("File number"), lambda row: row.patient.file_number),
    Column(_("Patient"), lambda row: row.patient.name),
    Column(_("Phone"), lambda row: mask_phone(row.patient.phone)),
    Column(_("Dentist"), lambda row: row.dentist.name),
    Column(_("Chair"), lambda row: row.chair.name),
    Column(_("Treatment"), _treatments),
    Column(_("Reason for the visit"), lambda row: row.need),
    Column(_("Status"), lambda row: row.get_status_display()),
    Column(_("Channel"), lambda row: row.get_channel_display()),
)


@page(Permission.PATIENT_EXPORT)
@require_GET
def appointments_export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the appointments of the days from `first` to `last`, of one dentist or all, those freed too if wanted."""
    clinic: Any = request.clinic  # type: ignore[attr-defined]
    require(request.user, Permission.APPOINTMENT_SEE, clinic.pk)  # type: ignore[arg-type]
    today = day_of(clinic, now())
    first = _day(request.GET.get("first"), today)
    last = _day(request.GET.get("last"), first)
    if last < first or last - first > LONGEST:
        last = first
    dentist = request.GET.get("dentist")
    rows = queries.appointments_between(
        clinic,
        day_bounds(first, clinic.zone)[0],
        day_bounds(last, clinic.zone)[1],
        dentist=dentist_of(clinic, dentist) if dentist else None,
        with_freed=request.GET.get("freed") == "1",
    )
    return export(request, "appointments", COLUMNS, rows, wanted(request) or "xlsx")


def _day(text: str | None, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise NotFound() from failure

"""The agenda as a file: the appointments on the screen, with the same filter, all pages of them."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from incisor.kernel.exports import Column, export
from incisor.patients.queries import dialled_number, shown_name
from incisor.patients.rules import mask_phone
from incisor.scheduling import queries
from incisor.scheduling.models import Appointment
from incisor.scheduling.views.frame import Asked


def _treatments(row: Appointment) -> list[str]:
    return [str(item.procedure) for item in row.items.all()]


COLUMNS = (
    Column(_("Start"), lambda row: row.starts_at),
    Column(_("End"), lambda row: row.ends_at),
    Column(_("File number"), lambda row: row.patient.file_number),
    Column(_("Patient"), lambda row: shown_name(row.patient)),
    Column(_("Phone"), lambda row: mask_phone(dialled_number(row.patient))),
    Column(_("Dentist"), lambda row: row.dentist.name),
    Column(_("Chair"), lambda row: row.chair.name),
    Column(_("Treatment"), _treatments),
    Column(_("Reason for the visit"), lambda row: row.need),
    Column(_("Status"), lambda row: row.get_status_display()),
    Column(_("Channel"), lambda row: row.get_channel_display()),
)


def export_agenda(request: HttpRequest, asked: Asked, file_format: str) -> HttpResponseBase:
    """Return the appointments of the days on the screen as a list to save."""
    return export(request, "appointments", COLUMNS, _rows(request, asked), file_format)


def _rows(request: HttpRequest, asked: Asked) -> Iterator[Appointment]:
    look = queries.look_of(request.user)  # type: ignore[arg-type]
    page, pages = 1, 1
    while page <= pages:
        found = queries.agenda(
            request.clinic, asked.first, asked.last, wanted=asked.wanted, with_freed=look.shows_freed, page=page
        )
        yield from found.rows
        page, pages = page + 1, found.pages

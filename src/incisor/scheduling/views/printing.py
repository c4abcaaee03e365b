"""The day on paper: one page a dentist. Phone numbers are covered unless somebody who may asks for them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import opening
from incisor.kernel.htmx import render
from incisor.patients.queries import dialled_number
from incisor.scheduling import queries, services
from incisor.scheduling.views.frame import asked_of


@page(Permission.APPOINTMENT_SEE)
@require_http_methods(["GET", "POST"])
def print_day(request: HttpRequest) -> HttpResponse:
    """Show the day of each dentist as it is printed; a POST shows the whole phone numbers and notes that it did."""
    asked = asked_of(request)
    clinic = request.clinic
    sheets = [
        sheet
        for sheet in queries.day_sheets(clinic, asked.day, now=asked.at)
        if asked.wanted.wants_dentist(sheet.dentist.pk, sheet.dentist.specialties)
        and any(line.appointment or line.block for line in sheet.lines)
    ]
    is_whole = request.method == "POST"
    if is_whole:
        patients = {
            line.appointment.patient_id: line.appointment.patient
            for sheet in sheets
            for line in sheet.lines
            if line.appointment and dialled_number(line.appointment.patient)
        }
        services.show_phones(by=request.user, clinic=clinic, patients=list(patients.values()), at=asked.at)
    context: dict[str, Any] = {
        "asked": asked,
        "day": asked.day,
        "at": asked.at,
        "sheets": sheets,
        "is_whole": is_whole,
        "holiday": opening(clinic, asked.day, asked.day).holidays.get(asked.day, ""),
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "scheduling/print_day.html", context)


@page(Permission.APPOINTMENT_SEE)
@require_GET
def slip(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Show the confirmation of an appointment as it is printed, with the code by which desk and kiosk check in."""
    found = queries.appointment(request.clinic, appointment_id)
    context = {"appointment": found, "clinic": request.clinic, "qr": queries.confirmation_qr(found.pk)}
    return render(request, "scheduling/slip.html", context)

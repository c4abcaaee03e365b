"""The record to read: on the page, as a printed A4 sheet, the prescription; as far as the reader may know it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import render
from incisor.visits import queries, services
from incisor.visits.adapters import record_sheet
from incisor.visits.enums import RecordField
from incisor.visits.forms import AddendumForm
from incisor.visits.models import Visit
from incisor.visits.views.beside import attachments_context, chart_context, health_context
from incisor.visits.views.chart import chart_svg


def reading_page(
    request: HttpRequest, visit: Visit, *, addendum_form: AddendumForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer with the record as this reader reads it."""
    found = queries.record_of(visit, queries.fields_for(visit.clinic, request.user))
    context = {
        "record": found,
        "patient": visit.patient,
        "shown": set(found.fields),
        "codes": queries.diagnosis_labels(found.values.get("diagnosis_codes", [])),
        "next_label": queries.procedure_name(found.next_procedure) if found.next_procedure else "",
        "may_add": found.is_signed and may(request.user, Permission.NOTE_WRITE, visit.clinic_id),
        "may_write": False,
        "addendum_form": addendum_form or AddendumForm(),
        "treatments": found.treatments,
        "drugs": found.drugs,
        **(chart_context(request, visit) if RecordField.TEETH in found.fields else {"visit": visit}),
        **attachments_context(request, visit),
        **health_context(request, visit),
        **more,
    }
    return render(request, "visits/record.html", context, status=status)


@require_GET
@page(Permission.PATIENT_SEE)
def record_pdf(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Send the record as a sheet for printing, as far as the reader reads it; in Chinese unless English is asked for."""
    visit = queries.visit(request.clinic, visit_id)
    fields = queries.require_fields(request.clinic, request.user)
    found = queries.record_of(visit, fields)
    language = _language(request)
    drawing = ""
    if RecordField.TEETH in fields:
        with translation.override(language):
            drawing = chart_svg(chart_context(request, visit)["chart"])
    content = record_sheet.record_pdf(
        found, chart_svg=drawing, sees_health=_sees_health(request), language=language, at=clock.now()
    )
    services.look_at_note(by=request.user, visit=visit, at=clock.now(), what="visit.record_printed")
    return _pdf(content, f"record-{visit.business_date:%Y%m%d}-{visit.patient.file_number}.pdf")


@require_GET
@page(Permission.PATIENT_SEE)
def prescription_pdf(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Send the prescription as a sheet for printing."""
    visit = queries.visit(request.clinic, visit_id)
    queries.require_field(request.clinic, request.user, RecordField.PRESCRIPTION)
    fields = queries.fields_for(request.clinic, request.user) & {RecordField.PRESCRIPTION, RecordField.DIAGNOSIS}
    content = record_sheet.prescription_pdf(
        queries.record_of(visit, fields), sees_health=_sees_health(request), language=_language(request), at=clock.now()
    )
    services.look_at_note(by=request.user, visit=visit, at=clock.now(), what="visit.prescription_printed")
    return _pdf(content, f"prescription-{visit.business_date:%Y%m%d}-{visit.patient.file_number}.pdf")


def _sees_health(request: HttpRequest) -> bool:
    return may(request.user, Permission.PATIENT_HEALTH, request.clinic.pk)


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else "zh-hans"


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

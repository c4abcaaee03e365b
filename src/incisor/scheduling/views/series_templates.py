"""The clinic's series: how many visits, how far apart. Under Clinic."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.hooks import settings_tabs_of
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render
from incisor.scheduling import queries, services
from incisor.scheduling.forms.series import SeriesTemplateForm, StepRow
from incisor.scheduling.models import SeriesTemplate


@page(Permission.CLINIC_EDIT)
@require_GET
def series_templates(request: HttpRequest) -> HttpResponse:
    """List the clinic's series with their days."""
    rows = queries.series_templates(request.clinic, with_inactive=True)
    context = {"rows": rows, "tabs": settings_tabs_of(request, "scheduling:series-templates")}
    return render(request, "scheduling/series_templates.html", context)


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def template_new(request: HttpRequest) -> HttpResponse:
    """Add a series."""
    return _edit(request, None)


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, series_template_id: str) -> HttpResponse:
    """Change a series."""
    return _edit(request, queries.series_template(request.clinic, series_template_id))


def _edit(request: HttpRequest, found: SeriesTemplate | None) -> HttpResponse:
    initial: dict[str, Any] = {"is_same_dentist": True, "is_active": True, "version": 0}
    steps: list[StepRow] = []
    if found is not None:
        initial = {name: getattr(found, name) for name in SeriesTemplateForm.base_fields}
        steps = [
            StepRow(
                step.position, str(step.procedure_id), step.minutes or "", step.min_days, step.ideal_days, step.max_days
            )
            for step in found.steps.all()
        ]
    form = SeriesTemplateForm(request.POST or None, initial=initial, steps=steps)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.save_series_template(
                by=request.user,
                clinic=request.clinic,
                template=found,
                name_zh=data["name_zh"],
                name_en=data["name_en"],
                is_same_dentist=data["is_same_dentist"],
                is_active=data["is_active"],
                steps=[services.StepGiven(*step) for step in data["steps"]],
                version=data["version"] or 0,
                at=now(),
            )
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect(request, reverse("scheduling:series-templates"))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "template": found, "rows": form.rows()}
    return render(request, "scheduling/series_template.html", context, status=status)

"""Procedures."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics import queries, services
from incisor.clinics.enums import ChairNeed, Specialty
from incisor.clinics.forms import ProcedureForm, initial_of_procedure
from incisor.clinics.views.frame import tabs
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render

NEEDS = dict(ChairNeed.choices)
STATES = ("active", "inactive", "all")


@page(Permission.CLINIC_EDIT)
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Search the procedures."""
    text, specialty = request.GET.get("q", "").strip()[:60], request.GET.get("specialty", "")
    state = request.GET.get("state", "active")
    found = queries.find_procedures(
        text=text,
        specialty=specialty if specialty in Specialty.values else "",
        state=state if state in STATES else "active",
    )
    context = {
        "tabs": tabs(request, "procedures"),
        "rows": [{"row": row, "needs": [NEEDS.get(need, need) for need in row.chair_needs]} for row in found],
        "q": text,
        "specialty": specialty,
        "specialties": Specialty.choices,
        "state": state,
        "states": list(zip(STATES, (_("In use"), _("Out of use"), _("All")), strict=True)),
        "is_filtered": bool(text or specialty or state != "active"),
    }
    return render(request, "clinics/procedure_list.html", context, partial="rows")


@page(Permission.CLINIC_EDIT)
def procedure_new(request: HttpRequest) -> HttpResponse:
    """Add a procedure."""
    form = ProcedureForm(typed(request), initial={"duration_minutes": 30, "chair_needs": ["basic"]})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_procedure(by=request.user, clinic=request.clinic, words=form.words(), at=now())  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:procedures", _("The procedure is added."))
    return _form(request, form, _("Add a procedure"))


@page(Permission.CLINIC_EDIT)
def procedure_edit(request: HttpRequest, procedure_id: UUID) -> HttpResponse:
    """Edit a procedure."""
    procedure = queries.procedure(procedure_id)
    form = ProcedureForm(typed(request), procedure=procedure, initial=initial_of_procedure(procedure))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_procedure(
                by=request.user,
                clinic=request.clinic,  # type: ignore[attr-defined]
                procedure=procedure,
                version=form.cleaned_data["version"],
                words=form.words(),
                at=now(),
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:procedures", _("The procedure is saved."))
    return _form(request, form, procedure.name_zh)


@require_POST
@page(Permission.CLINIC_EDIT)
def procedures_load(request: HttpRequest) -> HttpResponse:
    """Add the shipped procedures that are not there yet."""
    loaded = services.load_shipped_procedures(by=request.user, clinic=request.clinic, at=now())  # type: ignore[attr-defined]
    text = _("%(added)s procedures added, %(kept)s were there already and stay as they are.") % vars(loaded)
    return saved(request, "clinics:procedures", text)


def _form(request: HttpRequest, form: Any, heading: Any) -> HttpResponse:
    return edit_page(
        request,
        form,
        heading=heading,
        back=reverse("clinics:procedures"),
        template="clinics/edit.html",
        tabs=tabs(request, "procedures"),
        intro=_("Procedures are shared by all clinics of the organisation."),
    )

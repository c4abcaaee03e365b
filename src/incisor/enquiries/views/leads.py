"""Enquiries: who is interested, how far it has come, what became of it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.enquiries import queries, services
from incisor.enquiries.enums import LeadStage
from incisor.enquiries.forms import LeadForm, LeadMoveForm
from incisor.enquiries.models import Lead
from incisor.enquiries.rules import NEXT
from incisor.kernel import live
from incisor.kernel.clock import business_date, day_bounds, now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.htmx import redirect, render
from incisor.patients import queries as patients
from incisor.patients.enums import Source
from incisor.patients.models import Patient
from incisor.patients.services import AlreadyRegistered, WrongValue, register_patient

FIGURE_DAYS = 90


@require_GET
@page(Permission.LEAD_SEE)
def leads(request: HttpRequest) -> HttpResponse:
    """Show the enquiries of a stage, or all that are open."""
    clinic = request.clinic  # type: ignore[attr-defined]
    stage = request.GET.get("stage", "")
    stage = stage if stage in LeadStage.values else ""
    mine = request.GET.get("who") == "mine"
    counts = queries.lead_counts(clinic)
    context = {
        "leads": queries.leads(clinic, stage=stage, consultant=request.user if mine else None),  # type: ignore[arg-type]
        "stage": stage,
        "mine": mine,
        "stages": [{"value": value, "label": label, "count": counts[value]} for value, label in LeadStage.choices],
        "today": business_date(now(), clinic.zone, day_starts_at=clinic.day_starts_at),
        "may_work": may(request.user, Permission.LEAD_WORK, clinic.pk),  # type: ignore[arg-type]
        "version": live.version(clinic.pk, "tasks"),
    }
    return render(request, "enquiries/leads.html", context, partial="rows")


@require_http_methods(["GET", "POST"])
@page(Permission.LEAD_WORK)
def new(request: HttpRequest) -> HttpResponse:
    """Note somebody's interest; the number of the call on the line stands there already."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    current = queries.current_call(clinic, request.user)  # type: ignore[arg-type]
    people = [user for user, _keys in queries.colleagues(clinic) if may(user, Permission.LEAD_WORK, clinic.pk)]
    form = LeadForm(typed(request), people=people, initial={"number": current.number if current else ""})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("consultant")
        consultant = next((one for one in people if str(one.pk) == chosen), None)
        try:
            lead = services.add_lead(by=request.user, clinic=clinic, consultant=consultant, at=at, **values)  # type: ignore[arg-type]
        except services.LeadRefused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "enquiries:leads", _("%(name)s is noted.") % {"name": lead.name})
    return edit_page(request, form, heading=_("Note an enquiry"), back=reverse("enquiries:leads"))


@require_GET
@page(Permission.LEAD_SEE)
def lead(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Show one enquiry with its steps."""
    return _lead(request, queries.lead(request.clinic, lead_id))  # type: ignore[attr-defined]


def _lead(
    request: HttpRequest, found: Lead, *, form: Any = None, look_alikes: Any = (), status: int = 200
) -> HttpResponse:
    clinic = request.clinic  # type: ignore[attr-defined]
    stages = [found.stage, *(value for value in LeadStage.values if value in NEXT[found.stage])]
    form = form or LeadMoveForm(initial={"version": found.version, "to": stages[min(1, len(stages) - 1)]})
    form.fields["to"].choices = [(value, LeadStage(value).label) for value in stages]
    context = {
        "lead": found,
        "steps": found.steps.select_related("by").order_by("at", "pk"),
        "form": form,
        "look_alikes": look_alikes,
        "may_work": may(request.user, Permission.LEAD_WORK, clinic.pk),  # type: ignore[arg-type]
        "may_register": may(request.user, Permission.PATIENT_EDIT, clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "enquiries/lead.html", context, partial="panel", status=status)


@require_POST
@page(Permission.LEAD_WORK)
def move(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Note a contact or another stage."""
    found = queries.lead(request.clinic, lead_id)  # type: ignore[attr-defined]
    form = LeadMoveForm(request.POST)
    if not form.is_valid():
        return _lead(request, found, form=form, status=422)
    try:
        services.move_lead(by=request.user, lead=found, at=now(), **form.cleaned_data)  # type: ignore[arg-type]
    except services.LeadRefused as refusal:
        refuse(form, refusal)
        return _lead(request, found, form=form, status=422)
    return saved(request, "enquiries:leads", _("%(name)s: noted.") % {"name": found.name})


@require_POST
@page(Permission.LEAD_WORK)
def register(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Make a file for somebody interested and propose times; a file that exists already is taken."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    found = queries.lead(clinic, lead_id)
    patient = found.patient
    if patient is None:
        chosen = request.POST.get("patient", "")
        try:
            patient = patients.patient(clinic, chosen) if chosen else _registered(request, found, at)
        except AlreadyRegistered as refusal:  # a person has to look
            return _lead(request, found, look_alikes=refusal.look_alikes, status=422)
        except WrongValue:  # something is missing: the form asks for it, and the enquiry is tied when it is saved
            text = urlencode({"text": f"{found.name} {found.number}"})
            return redirect(request, f"{reverse('patients:new')}?{text}")
        fresh = queries.lead(clinic, lead_id)
        if fresh.patient_id is None:
            services.tie_lead(by=request.user, lead=fresh, patient=patient, at=at)  # type: ignore[arg-type]
    return redirect(request, reverse("scheduling:book-panel", args=[patient.pk]))


def _registered(request: HttpRequest, found: Lead, at: datetime) -> Patient:
    return register_patient(
        by=request.user,  # type: ignore[arg-type]
        clinic=request.clinic,  # type: ignore[attr-defined]
        name=found.name,
        phone=found.number,
        is_somebody_else=request.POST.get("is_somebody_else") == "1",
        at=at,
    )


@require_GET
@page(Permission.LEAD_SEE)
def figures(request: HttpRequest) -> HttpResponse:
    """Show how far the enquiries of the last ninety days came, by source and by consultant."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    since, until = day_bounds(today - timedelta(days=FIGURE_DAYS - 1), clinic.zone, days=FIGURE_DAYS)
    labels = dict(Source.choices)
    sources = queries.conversion(clinic, by="source", since=since, until=until)
    context = {
        "days": FIGURE_DAYS,
        "groups": [
            {"title": _("By source"), "rows": [(labels.get(one.label, one.label), one) for one in sources]},  # type: ignore[call-overload]
            {
                "title": _("By consultant"),
                "rows": [
                    (one.label, one) for one in queries.conversion(clinic, by="consultant", since=since, until=until)
                ],
            },
        ],
    }
    return render(request, "enquiries/figures.html", context)

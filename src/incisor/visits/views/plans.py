"""Treatment plans: the worklist, a patient's plans, one plan, its print."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import redirect, render, toast, wants_fragment
from incisor.patients import queries as patients
from incisor.staff.queries import staff_of
from incisor.visits import queries, services
from incisor.visits.enums import PlanStatus
from incisor.visits.forms import PlanForm
from incisor.visits.models import TreatmentPlan
from incisor.visits.queries import plan_lists
from incisor.visits.queries import plans as plans_queries
from incisor.visits.rules.plans import NEXT

TEMPLATE = "visits/plan.html"
TABS = ("awaiting", "to-book", "drafts")


@require_GET
@page(Permission.PLAN_SEE)
def plans(request: HttpRequest) -> HttpResponse:
    """Show the plans that wait for something: a decision, an appointment, to be finished writing."""
    at, clinic = clock.now(), request.clinic
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else TABS[0]
    labels = {"awaiting": _("Awaiting a decision"), "to-book": _("Next step to book"), "drafts": _("Drafts")}
    context = {
        "tab": tab,
        "tabs": [
            {"url": f"{reverse('visits:plans')}?tab={key}", "label": labels[key], "active": key == tab} for key in TABS
        ],
        "awaiting": plan_lists.plans_awaiting(clinic, at) if tab == "awaiting" else [],
        "to_book": plan_lists.plans_to_book(clinic, at) if tab == "to-book" else [],
        "drafts": plan_lists.plan_drafts(clinic, at) if tab == "drafts" else [],
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),
        "may_decide": _may_decide(request),
        "address": f"{reverse('visits:plans')}?tab={tab}",
    }
    return render(request, "visits/plan_list.html", context, partial="lists")


def _may_decide(request: HttpRequest) -> bool:
    clinic_id = request.clinic.pk
    return may(request.user, Permission.PLAN_EDIT, clinic_id) or may(request.user, Permission.FORM_FILL, clinic_id)


@require_GET
@page(Permission.PLAN_SEE)
def patient_plans(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show a patient's plans with their progress and what is due next."""
    patient = patients.patient(request.clinic, patient_id)
    context = {
        "patient": patient,
        "sheets": queries.plans_of_patient(request.clinic, patient.pk, at=clock.now()),
        "form": PlanForm(clinic=request.clinic),
        "may_edit": may(request.user, Permission.PLAN_EDIT, request.clinic.pk),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),
        "visit_id": request.GET.get("visit", ""),
    }
    return render(request, "visits/patient_plans.html", context, partial="panel")


@require_POST
@page(Permission.PLAN_EDIT)
def plan_new(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Begin a plan for a patient."""
    patient, at = patients.patient(request.clinic, patient_id), clock.now()
    form = PlanForm(request.POST, clinic=request.clinic)
    visit_key = as_uuid(request.POST.get("visit", ""))
    if not form.is_valid():
        context = {
            "patient": patient, "sheets": queries.plans_of_patient(request.clinic, patient.pk, at=at), "form": form,
            "may_edit": True, "visit_id": visit_key or "",
        }  # fmt: skip
        return render(request, "visits/patient_plans.html", context, status=422)
    values = form.values()
    own = staff_of(request.user)
    made = services.make_plan(
        by=request.user,
        clinic=request.clinic,
        patient=patient,
        visit=queries.visit(request.clinic, visit_key) if visit_key else None,
        at=at,
        **{**values, "dentist": values["dentist"] or form.dentists.get(str(own.pk) if own else "")},
    )
    return redirect(request, reverse("visits:plan", args=[made.pk]))


@require_GET
@page(Permission.PLAN_SEE)
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Show a plan: its alternatives side by side, and what can be done with it."""
    found = queries.plan(request.clinic, plan_id)
    services.look_at_plan(by=request.user, plan=found, at=clock.now())
    return show(request, found)


def show(request: HttpRequest, found: TreatmentPlan, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return the plan as a page, or the part of it that changes. more: the refusal and the part that it belongs to."""
    at = clock.now()
    sheet = queries.sheet_of(found, at=at)
    is_draft = found.status == PlanStatus.DRAFT
    may_edit = may(request.user, Permission.PLAN_EDIT, request.clinic.pk)
    follows = NEXT[PlanStatus(found.status)]
    context = {
        "plan": found,
        "patient": found.patient,
        "sheet": sheet,
        "is_draft": is_draft,
        "may_edit": may_edit,
        "may_write": may_edit and is_draft,
        "may_redraft": may_edit and PlanStatus.DRAFT in follows and not plans_queries.was_signed(found),
        "may_decide": _may_decide(request),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),
        "follows": {one.value for one in follows},
        "is_whole": sheet.decision is None or not sheet.decision.digest or queries.is_whole(found, sheet.decision),
        "can_undo": is_draft and may_edit and queries.last_edit(found) is not None,
        "form": PlanForm(clinic=request.clinic, of=found) if is_draft else None,
        "proposals": queries.find_procedures("") if is_draft else [],
        "today": plans_queries.day_of(found.clinic, at),
        **more,
    }
    return render(request, TEMPLATE, context, partial="plan", status=status)


def answer(request: HttpRequest, plan_id: Any, said: str = "", *, undo: bool = False, **more: Any) -> HttpResponse:
    """Show the plan after a change, and say what was done; undo: with the way back. more: as for show."""
    found = queries.plan(request.clinic, plan_id)
    undo_url = reverse("visits:plan-undo", args=[found.pk]) if undo else None
    if not wants_fragment(request):
        if said:
            messages.success(request, said, extra_tags=undo_url or "")
        return redirect(request, reverse("visits:plan", args=[found.pk]))
    response = show(request, found, **more)
    return toast(response, said, undo_url=undo_url) if said else response


@require_GET
@page(Permission.PLAN_SEE)
def plan_print(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Show a plan on paper: the estimate to take home, or what was signed."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    services.look_at_plan(by=request.user, plan=found, at=at)
    sheet = queries.sheet_of(found, at=at)
    context = {
        "plan": found,
        "patient": found.patient,
        "sheet": sheet,
        "shown": [sheet.chosen] if sheet.chosen else sheet.options,
        "is_whole": sheet.decision is None or not sheet.decision.digest or queries.is_whole(found, sheet.decision),
        "at": at,
    }
    return render(request, "visits/plan_print.html", context)

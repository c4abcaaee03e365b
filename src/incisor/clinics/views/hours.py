"""Opening hours, closures, and the bookings that no longer fit."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics import queries, services
from incisor.clinics.forms import ClosureForm
from incisor.clinics.rules import Stretch
from incisor.clinics.views.frame import may_see_bookings, saved_with_check, tabs
from incisor.kernel.clock import business_date, local, now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import render
from incisor.kernel.weekform import WeekForm, week_rows


@page(Permission.CLINIC_EDIT)
def hours_list(request: HttpRequest) -> HttpResponse:
    """Show the opening hours: those that hold, those planned, those that held."""
    clinic = request.clinic  # type: ignore[attr-defined]
    today = business_date(now(), clinic.zone)
    periods = [
        {
            "from": period.valid_from,
            "until": period.valid_until,
            "rows": week_rows(period.week),
            "is_planned": period.valid_from is not None and period.valid_from > today,
            "is_over": period.valid_until is not None and period.valid_until < today,
        }
        for period in queries.opening_hours_periods(clinic)
    ]
    return render(request, "clinics/hours.html", {"tabs": tabs(request, "hours"), "periods": periods})


@page(Permission.CLINIC_EDIT)
def hours_new(request: HttpRequest) -> HttpResponse:
    """Enter opening hours that hold from a day on."""
    clinic = request.clinic  # type: ignore[attr-defined]
    today = business_date(now(), clinic.zone)
    week = queries.opening_week_on(clinic, today)
    form = WeekForm(typed(request), week=week, valid_from=today)
    if "like_monday" in request.POST:
        form = form.like_monday()
    elif request.method == "POST" and form.is_valid():
        stretches = [Stretch(*row) for row in form.cleaned_data["week"]]
        try:
            services.set_opening_hours(
                by=request.user, clinic=clinic, week=stretches, valid_from=form.cleaned_data["valid_from"], at=now()
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, "clinics:hours", _("The opening hours are saved."))
    return edit_page(
        request,
        form,
        heading=_("New opening hours"),
        back=reverse("clinics:hours"),
        template="clinics/hours_edit.html",
        tabs=tabs(request, "hours"),
    )


@require_POST
@page(Permission.CLINIC_EDIT)
def hours_drop(request: HttpRequest) -> HttpResponse:
    """Take back planned opening hours."""
    day = parse_date(request.POST.get("valid_from", ""))
    if day is None:
        raise NotFound()
    services.drop_planned_hours(by=request.user, clinic=request.clinic, valid_from=day, at=now())  # type: ignore[attr-defined]
    return saved_with_check(request, "clinics:hours", _("The planned opening hours are taken back."))


@page(Permission.CLINIC_EDIT)
def closure_list(request: HttpRequest) -> HttpResponse:
    """List closures."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    context = {
        "tabs": tabs(request, "closures"),
        "closures": queries.closures(clinic, since=at),
        "past": queries.past_closures(clinic, until=at),
        "may_see_bookings": may_see_bookings(request),
        "zone": clinic.zone,
    }
    return render(request, "clinics/closure_list.html", context)


@page(Permission.CLINIC_EDIT)
def closure_new(request: HttpRequest) -> HttpResponse:
    """Close the clinic or a chair for a time."""
    clinic = request.clinic  # type: ignore[attr-defined]
    tomorrow = local(now(), clinic.zone).date() + timedelta(days=1)
    initial = {"starts_on": tomorrow, "ends_on": tomorrow, "chair": request.GET.get("chair", "")}
    form = ClosureForm(typed(request), clinic=clinic, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("chair", "starts_at", "ends_at", "reason")}
        try:
            services.add_closure(by=request.user, clinic=clinic, at=now(), **wanted)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, "clinics:closures", _("The closure is entered."))
    return edit_page(
        request,
        form,
        heading=_("Enter a closure"),
        back=reverse("clinics:closures"),
        template="clinics/edit.html",
        tabs=tabs(request, "closures"),
    )


@require_POST
@page(Permission.CLINIC_EDIT)
def closure_remove(request: HttpRequest, closure_id: UUID) -> HttpResponse:
    """Take a closure away."""
    closure = queries.closure(request.clinic, closure_id)  # type: ignore[attr-defined]
    services.remove_closure(by=request.user, closure=closure, at=now())
    return saved(request, "clinics:closures", _("The closure is removed: bookings are possible again."))


@page(Permission.APPOINTMENT_SEE)
def misfit_list(request: HttpRequest) -> HttpResponse:
    """List the bookings that the clinic cannot keep."""
    clinic = request.clinic  # type: ignore[attr-defined]
    misfits = queries.bookings_outside_hours(clinic, since=now())
    context = {"tabs": tabs(request, "closures"), "misfits": misfits, "zone": clinic.zone}
    return render(request, "clinics/misfit_list.html", context)

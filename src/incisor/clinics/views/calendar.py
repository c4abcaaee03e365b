"""Public holidays and make-up workdays."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics import queries, services, setup
from incisor.clinics.forms import HolidayForm, HolidayPasteForm
from incisor.clinics.views.frame import saved_with_check, tabs
from incisor.kernel.clock import business_date, now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import render


@page(Permission.CLINIC_EDIT)
def holiday_list(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Show the holidays of a year."""
    clinic = request.clinic  # type: ignore[attr-defined]
    this_year = business_date(now(), clinic.zone).year
    year = this_year if year is None else year
    if not 2000 <= year <= 2100:
        raise NotFound()
    years = sorted({*queries.holiday_years(), *setup.shipped_years(), this_year, this_year + 1, year})
    context = {
        "tabs": tabs(request, "holidays"),
        "year": year,
        "years": years,
        "holidays": queries.holidays(year),
        "shipped_source": setup.shipped_source(year),
        "follows": clinic.follows_public_holidays,
    }
    return render(request, "clinics/holiday_list.html", context)


@require_POST
@page(Permission.CLINIC_EDIT)
def holidays_load(request: HttpRequest, year: int) -> HttpResponse:
    """Add what the shipped list knows of the year."""
    loaded = services.load_shipped_holidays(by=request.user, clinic=request.clinic, year=year, at=now())  # type: ignore[attr-defined]
    text = _("%(added)s days added, %(kept)s were there already and stay as they are.") % vars(loaded)
    return saved_with_check(request, "clinics:holidays-of-year", text, year)


@require_POST
@page(Permission.CLINIC_EDIT)
def holidays_follow(request: HttpRequest) -> HttpResponse:
    """Say whether this clinic follows the calendar."""
    follows = request.POST.get("follows") == "yes"
    services.follow_public_holidays(by=request.user, clinic=request.clinic, follows=follows, at=now())  # type: ignore[attr-defined]
    if follows:
        text = _("The clinic now closes on public holidays and works on make-up days.")
    else:
        text = _("The clinic now opens on public holidays as on any other day.")
    request.clinic.follows_public_holidays = follows  # type: ignore[attr-defined]
    return saved_with_check(request, "clinics:holidays", text)


@page(Permission.CLINIC_EDIT)
def holidays_paste(request: HttpRequest) -> HttpResponse:
    """Take over pasted lines."""
    form = HolidayPasteForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            loaded = services.import_holidays(by=request.user, clinic=request.clinic, at=now(), **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            text = _("%(added)s days added, %(kept)s brought up to date.") % vars(loaded)
            return saved_with_check(request, "clinics:holidays", text)
    intro = _("Copy the days from the State Council's notice. Nothing is taken over while a line cannot be read.")
    return _form(request, form, _("Paste a list of days"), intro=intro)


@page(Permission.CLINIC_EDIT)
def holiday_new(request: HttpRequest) -> HttpResponse:
    """Add a day."""
    form = HolidayForm(typed(request), initial={"kind": "holiday"})
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            row = services.add_holiday(by=request.user, clinic=request.clinic, at=now(), **values)  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, "clinics:holidays-of-year", _("The day is added."), row.day.year)
    return _form(request, form, _("Add a day"))


@page(Permission.CLINIC_EDIT)
def holiday_edit(request: HttpRequest, holiday_id: UUID) -> HttpResponse:
    """Edit a day."""
    holiday = queries.holiday(holiday_id)
    initial = {name: getattr(holiday, name) for name in HolidayForm.base_fields}
    form = HolidayForm(typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.change_holiday(
                by=request.user,
                clinic=request.clinic,  # type: ignore[attr-defined]
                holiday=holiday,
                at=now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, "clinics:holidays-of-year", _("The day is saved."), row.day.year)
    remove = {
        "url": reverse("clinics:holiday-remove", args=[holiday.pk]),
        "label": _("Remove this day"),
        "confirm": _("Take this day out of the calendar of all clinics?"),
    }
    return _form(request, form, holiday.name_zh, deeds=[remove])


@require_POST
@page(Permission.CLINIC_EDIT)
def holiday_remove(request: HttpRequest, holiday_id: UUID) -> HttpResponse:
    """Take a day out of the calendar."""
    holiday = queries.holiday(holiday_id)
    services.remove_holiday(by=request.user, clinic=request.clinic, holiday=holiday, at=now())  # type: ignore[attr-defined]
    return saved(request, "clinics:holidays-of-year", _("The day is removed."), holiday.day.year)


def _form(request: HttpRequest, form: Any, heading: Any, **more: Any) -> HttpResponse:
    return edit_page(
        request,
        form,
        heading=heading,
        back=reverse("clinics:holidays"),
        template="clinics/edit.html",
        tabs=tabs(request, "holidays"),
        **more,
    )

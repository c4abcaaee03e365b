"""Who works when: the week, weekly hours, single days."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.rules import Stretch
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.kernel.weekform import WeekForm
from incisor.staff import queries, services
from incisor.staff.enums import StaffKind
from incisor.staff.forms import DayForm
from incisor.staff.views.frame import (
    clock_text,
    day_of,
    may_edit,
    may_see_bookings,
    saved_with_check,
    tabs,
    today_of,
    week_links,
    week_of,
)


@page(Permission.STAFF_SEE)
def roster(request: HttpRequest) -> HttpResponse:
    """Show who works when in a week."""
    clinic, today = request.clinic, today_of(request)  # type: ignore[attr-defined]
    monday = week_of(request)
    week = queries.roster_week(clinic, monday)
    context = {
        "tabs": tabs(request, "rosters"),
        "monday": monday,
        "sunday": week.days[-1],
        "links": week_links("rosters", monday, today),
        "heads": [_head(week, day, clinic.zone, today) for day in week.days],
        "lines": [_line(line, clinic.zone) for line in week.lines],
        "may_edit": may_edit(request),
        "may_see_bookings": may_see_bookings(request),
        "at": now(),
        "zone": clinic.zone,
    }
    return render(request, "staff/roster.html", context, partial="grid")


def _head(week: queries.RosterWeek, day: Any, zone: str, today: Any) -> dict[str, Any]:
    """Return what stands above and below a day: date, holiday, opening hours, how many dentists."""
    opened = queries.open_that_day(week, day)
    dentists = [line for line in week.lines if line.person.kind == StaffKind.DENTIST]
    return {
        "day": day,
        "is_today": day == today,
        "holiday": week.opening.holidays.get(day, ""),
        "is_makeup": week.opening.kinds.get(day) == "workday",
        "opened": [clock_text(span, zone) for span in opened],
        "dentist_count": sum(1 for line in dentists for cell in line.cells if cell.day == day and cell.working),
    }


def _line(line: queries.RosterLine, zone: str) -> dict[str, Any]:
    minutes = sum(end - start for cell in line.cells for start, end in cell.working)
    minutes += sum(_shift_minutes(duty.shift) for cell in line.cells for duty in cell.duties if not cell.working)
    return {
        "person": line.person,
        "is_idle": not any(cell.working or cell.duties or cell.away for cell in line.cells),
        "hours": f"{minutes / 60:g}" if minutes % 60 in {0, 30} else f"{minutes / 60:.1f}",
        "cells": [
            {
                "day": cell.day,
                "hours": [clock_text(span, zone) for span in cell.working],
                "is_away": bool(cell.away),
                "is_shut": bool(cell.rostered) and not cell.working and not cell.away,
                "is_special": cell.is_special,
                "reason": cell.reason,
                "shifts": [duty.shift for duty in cell.duties],
            }
            for cell in line.cells
        ],
    }


def _shift_minutes(shift: Any) -> int:
    return int((shift.ends.hour - shift.starts.hour) * 60 + shift.ends.minute - shift.starts.minute)


@page(Permission.STAFF_EDIT)
def hours_new(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Enter weekly hours that hold from a day on."""
    clinic, today = request.clinic, today_of(request)  # type: ignore[attr-defined]
    person = queries.member(clinic, staff_id)
    form = WeekForm(typed(request), week=queries.roster_week_on(clinic, person, today), valid_from=today)
    if "like_monday" in request.POST:
        form = form.like_monday()
    elif request.method == "POST" and form.is_valid():
        week = [Stretch(*row) for row in form.cleaned_data["week"]]
        try:
            services.set_roster(
                by=request.user,
                clinic=clinic,
                staff=person,
                week=week,
                valid_from=form.cleaned_data["valid_from"],
                at=now(),
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            text = _("The weekly hours of %(name)s are saved.") % {"name": person.name}
            return saved_with_check(request, person, "staff:member", text, person.pk)
    return edit_page(
        request,
        form,
        heading=_("Weekly hours of %(name)s") % {"name": person.name},
        back=reverse("staff:member", args=[person.pk]),
        template="staff/hours_edit.html",
        tabs=tabs(request, "rosters"),
        intro=_("What held before ends the day before. For a single day, click it in the roster instead."),
    )


@require_POST
@page(Permission.STAFF_EDIT)
def hours_drop(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Take back planned weekly hours."""
    clinic = request.clinic  # type: ignore[attr-defined]
    person = queries.member(clinic, staff_id)
    day = day_of(request.POST.get("valid_from", ""))
    services.drop_planned_roster(by=request.user, clinic=clinic, staff=person, valid_from=day, at=now())
    return saved_with_check(request, person, "staff:member", _("The planned hours are taken back."), person.pk)


@page(Permission.STAFF_EDIT)
def day_edit(request: HttpRequest, staff_id: UUID, day: str) -> HttpResponse:
    """Enter other hours for one day, or off."""
    clinic, when = request.clinic, day_of(day)  # type: ignore[attr-defined]
    person = queries.member(clinic, staff_id)
    present = queries.day_exceptions(clinic, person, when)
    form = DayForm(typed(request), initial=_day_initial(clinic, person, when, present))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_day(
                by=request.user,
                clinic=clinic,
                staff=person,
                day=when,
                hours=form.cleaned_data["hours"],
                reason=form.cleaned_data["reason"],
                at=now(),
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, person, _week_url(when), _("The hours of this day are saved."))
    clear = {
        "url": reverse("staff:day-clear", args=[person.pk, when]),
        "label": _("Weekly hours again"),
        "is_mild": True,
    }
    return edit_page(
        request,
        form,
        heading=_("%(name)s on %(day)s") % {"name": person.name, "day": date_format(when, "MONTH_DAY_FORMAT")},
        back=_week_url(when),
        template="staff/edit.html",
        tabs=tabs(request, "rosters"),
        deeds=[clear] if present else [],
        intro=_("Only this one day changes; the weekly hours stay."),
    )


def _day_initial(clinic: Any, person: Any, day: Any, present: list[Any]) -> dict[str, Any]:
    """Return the hours that hold on the day now."""
    if present:
        rows = [(row.starts, row.ends) for row in present if row.starts]
        initial: dict[str, Any] = {"is_off": not rows, "reason": present[0].reason}
    else:
        week = queries.roster_week_on(clinic, person, day)
        rows, initial = [(row.starts, row.ends) for row in week if row.weekday == day.weekday()], {}
    for names, row in zip((("first_from", "first_to"), ("second_from", "second_to")), rows, strict=False):
        initial |= dict(zip(names, row, strict=True))
    return initial


@require_POST
@page(Permission.STAFF_EDIT)
def day_clear(request: HttpRequest, staff_id: UUID, day: str) -> HttpResponse:
    """Let the weekly hours hold again on a day."""
    clinic, when = request.clinic, day_of(day)  # type: ignore[attr-defined]
    person = queries.member(clinic, staff_id)
    services.clear_day(by=request.user, clinic=clinic, staff=person, day=when, at=now())
    return saved_with_check(request, person, _week_url(when), _("The weekly hours hold again on this day."))


def _week_url(day: Any) -> str:
    return f"{reverse('staff:rosters')}?week={day}"

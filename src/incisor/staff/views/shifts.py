"""Desk shifts: their kinds, and who is on them in a week."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page, require
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render
from incisor.staff import queries, services
from incisor.staff.enums import StaffKind
from incisor.staff.forms import ShiftForm
from incisor.staff.views.frame import clock_text, day_of, may_edit, tabs, today_of, week_links, week_of

FAIRNESS_WEEKS = 4


@page(Permission.STAFF_SEE)
def shift_week(request: HttpRequest) -> HttpResponse:
    """Show and set who is on the desk shifts of a week."""
    clinic, monday = request.clinic, week_of(request)  # type: ignore[attr-defined]
    refusal: Refused | None = None
    if request.method == "POST":
        require(request.user, Permission.STAFF_EDIT, clinic.pk)  # type: ignore[arg-type]
        wanted = {_key(text) for text in request.POST.getlist("duty")}
        stamp = request.POST.get("stamp", "")
        try:
            services.set_week_duties(
                by=request.user, clinic=clinic, monday=monday, wanted=wanted, stamp=stamp, at=now()
            )
        except Refused as failure:
            refusal = failure
        else:
            return saved(request, _week_url(monday), _("The week is saved."))
    return render(
        request, "staff/shift_week.html", _week(request, monday) | {"refusal": refusal}, status=422 if refusal else 200
    )


def _week(request: HttpRequest, monday: date) -> dict[str, Any]:
    clinic = request.clinic  # type: ignore[attr-defined]
    week = queries.roster_week(clinic, monday)
    kinds = queries.shifts(clinic)
    gaps = queries.desk_gaps(clinic, week)
    recent = queries.shift_counts(clinic, monday - timedelta(weeks=FAIRNESS_WEEKS - 1), monday + timedelta(days=6))
    lines = [
        {
            "person": line.person,
            "cells": [_cell(line.person, cell, kinds) for cell in line.cells],
            "recent": recent.get(line.person.pk, (0, 0)),
        }
        for line in week.lines
        if line.person.kind == StaffKind.DESK or any(cell.duties for cell in line.cells)
    ]
    present = [duty for line in week.lines for cell in line.cells for duty in cell.duties]
    return {
        "tabs": tabs(request, "shifts"),
        "monday": monday,
        "sunday": week.days[-1],
        "links": week_links("shifts", monday, today_of(request)),
        "kinds": kinds,
        "heads": [
            {
                "day": day,
                "holiday": week.opening.holidays.get(day, ""),
                "is_open": bool(queries.open_that_day(week, day)),
                "gaps": [clock_text(span, clinic.zone) for span in gaps[day]],
            }
            for day in week.days
        ],
        "lines": lines,
        "gap_count": sum(1 for day in week.days if gaps[day]),
        "stamp": queries.duty_stamp(present),
        "may_edit": may_edit(request),
        "weeks": FAIRNESS_WEEKS,
    }


def _cell(person: Any, cell: queries.RosterCell, kinds: list[Any]) -> dict[str, Any]:
    """Return a person's day: which shifts can be ticked, which are."""
    held = {duty.shift_id for duty in cell.duties}
    ended = [duty.shift for duty in cell.duties if not duty.shift.is_active]
    return {
        "day": cell.day,
        "is_away": bool(cell.away),
        "needs_substitute": bool(cell.away and held),
        "shifts": [
            {"shift": shift, "value": f"{person.pk}:{cell.day}:{shift.pk}", "is_held": shift.pk in held}
            for shift in [*kinds, *ended]
        ],
    }


def _key(text: str) -> tuple[UUID, date, UUID]:
    """Return person, day and shift of a ticked box. Raises NotFound."""
    staff, _colon, rest = text.partition(":")
    day, _colon, shift = rest.partition(":")
    staff_id, shift_id = as_uuid(staff), as_uuid(shift)
    if staff_id is None or shift_id is None:
        raise NotFound()
    return staff_id, day_of(day), shift_id


@require_POST
@page(Permission.STAFF_EDIT)
def shift_copy(request: HttpRequest) -> HttpResponse:
    """Take over last week's duties."""
    monday = week_of(request)
    count = services.copy_last_week(by=request.user, clinic=request.clinic, monday=monday, at=now())  # type: ignore[attr-defined]
    text = _("%(count)s shifts taken over from last week.") % {"count": count}
    if not count:
        text = _("Nothing to take over: last week holds no shift that is not here already.")
    return saved(request, _week_url(monday), text)


@page(Permission.STAFF_SEE)
def shift_kinds(request: HttpRequest) -> HttpResponse:
    """List the kinds of shift."""
    context = {
        "tabs": tabs(request, "shifts"),
        "kinds": queries.shifts(request.clinic, active_only=False),  # type: ignore[attr-defined]
        "may_edit": may_edit(request),
    }
    return render(request, "staff/shift_kinds.html", context)


@page(Permission.STAFF_EDIT)
def shift_kind_new(request: HttpRequest) -> HttpResponse:
    """Add a kind of shift."""
    form = ShiftForm(typed(request))
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            services.add_shift(by=request.user, clinic=request.clinic, at=now(), **values)  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "staff:shift-kinds", _("The shift is added."))
    return _form(request, form, _("Add a shift"))


@page(Permission.STAFF_EDIT)
def shift_kind_edit(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Edit a kind of shift."""
    shift = queries.shift(request.clinic, shift_id)  # type: ignore[attr-defined]
    form = ShiftForm(typed(request), initial={name: getattr(shift, name) for name in ShiftForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_shift(by=request.user, shift=shift, at=now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "staff:shift-kinds", _("The shift is saved."))
    return _form(request, form, shift.name)


def _form(request: HttpRequest, form: ShiftForm, heading: Any) -> HttpResponse:
    return edit_page(
        request,
        form,
        heading=heading,
        back=reverse("staff:shift-kinds"),
        template="staff/edit.html",
        tabs=tabs(request, "shifts"),
    )


def _week_url(monday: date) -> str:
    return f"{reverse('staff:shifts')}?week={monday}"

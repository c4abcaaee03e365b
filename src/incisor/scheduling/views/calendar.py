"""The calendar: a day or week as columns, a month by its load, the agenda, the day by dentist with its gaps."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import opening
from incisor.kernel import live
from incisor.kernel.clock import local, now
from incisor.kernel.exports import wanted
from incisor.kernel.htmx import redirect, render, wants_fragment
from incisor.scheduling import queries, services
from incisor.scheduling.rules import Load
from incisor.scheduling.views.frame import Asked, asked_of, columns_of, frame, is_chinese, look_of
from incisor.scheduling.views.taking import export_agenda
from incisor.staff.queries import dentists as dentists_of

WEEK = 7
NOT_FOR_THE_FEED = {"day": None, "view": None, "by": None, "one": None, "days": None}


@page(Permission.APPOINTMENT_SEE)
@require_GET
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Show the calendar."""
    asked = asked_of(request)
    file_format = wanted(request)
    if file_format:
        return export_agenda(request, asked, file_format)
    context = {**frame(request, asked), "version": live.version(request.clinic.pk, "day")}
    if asked.view == "month":
        return render(request, "scheduling/month.html", {**context, **_month(request, asked)}, partial="month")
    if asked.view == "agenda":
        return render(request, "scheduling/agenda.html", {**context, **_agenda(request, asked)}, partial="agenda")
    if asked.view == "list":
        context |= _day(request, asked)
        context["sheets"] = [
            sheet
            for sheet in queries.day_sheets(request.clinic, asked.day, now=asked.at)
            if asked.wanted.wants_dentist(sheet.dentist.pk, sheet.dentist.specialties)
        ]
        context["columns"] = dentists_of(request.clinic)
        return render(request, "scheduling/sheets.html", context, partial="sheets")
    return render(request, "scheduling/calendar.html", {**context, **_columns(request, asked)})


def _day(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What a day has of its own: its holiday, why it is closed."""
    opened = opening(request.clinic, asked.first, asked.last)
    return {
        "holiday": opened.holidays.get(asked.day, ""),
        "is_closed": asked.view != "week" and not opened.open,
        "closures": [row for row in opened.shut if row.chair is None],
    }


def _columns(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    clinic = request.clinic
    columns = columns_of(clinic, asked.by, asked.wanted)
    one = next((row for row in columns if str(row.pk) == asked.one), None)
    if asked.view == "week" and one is None:
        one = next(iter(columns), None)
    starts, ends = queries.shown_hours(clinic, asked.first, asked.last)
    return {
        **_day(request, asked),
        **look_of(request),
        "columns": columns,
        "one": one,
        "resources": json.dumps(
            [{"id": str(row.pk), "title": row.name} for row in columns if one is None or row.pk == one.pk]
        ),
        "events_url": "?".join(filter(None, [reverse("scheduling:calendar-events"), asked.query(**NOT_FOR_THE_FEED)])),
        "url_list": asked.url(view="list", one=None),
        "hours": (f"{starts:02}:00", f"{ends:02}:00"),
        "offset": local(asked.at, clinic.zone).strftime("%z"),
        "locale": "zh-CN" if is_chinese() else "en-GB",
    }


def _month(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    dentists = dentists_of(request.clinic)
    one = next((row for row in dentists if str(row.pk) == asked.one), None)
    days = queries.month_loads(request.clinic, asked.first, asked.last, dentist=one)
    cells: list[Any] = [None] * asked.first.weekday()
    cells += [
        {
            "day": row,
            "url": asked.url(view="day", day=row.day.isoformat(), one=None),
            "is_today": row.day == asked.today,
            "bar": min(row.load.percent or 0, 100),
        }
        for row in days
    ]
    cells += [None] * (-len(cells) % WEEK)
    return {
        "columns": dentists,
        "one": one,
        "days": days,
        "weeks": [cells[start : start + WEEK] for start in range(0, len(cells), WEEK)],
        "weekdays": [WEEKDAYS_ABBR[number] for number in range(WEEK)],
        "total": Load(
            open_minutes=sum(row.load.open_minutes for row in days),
            booked_minutes=sum(row.load.booked_minutes for row in days),
            count=sum(row.load.count for row in days),
        ),
    }


def _agenda(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    number = request.GET.get("page", "1")
    look = queries.look_of(request.user)  # type: ignore[arg-type]
    found = queries.agenda(
        request.clinic, asked.first, asked.last, wanted=asked.wanted, with_freed=look.shows_freed,
        page=int(number) if number.isdecimal() and len(number) < 6 else 1,
    )  # fmt: skip
    return {
        "agenda": found,
        "look": look,
        "lengths": [{"days": days, "url": asked.url(days=days), "is_on": days == asked.days} for days in (1, 7, 14)],
        "url_earlier": asked.url(page=found.page - 1) if found.page > 1 else "",
        "url_later": asked.url(page=found.page + 1) if found.page < found.pages else "",
    }


@page(Permission.APPOINTMENT_SEE)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Remember how the person wants the calendar, and go back to it."""
    given = request.POST
    services.choose_look(
        by=request.user,
        zoom_minutes=int(given["zoom"]) if given.get("zoom", "").isdecimal() else None,
        colours_by=given.get("colours"),
        shows_freed=given["freed"] == "yes" if "freed" in given else None,
        at=now(),
    )
    if wants_fragment(request):
        return HttpResponse(status=204)
    back = given.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(request, back if is_ours else reverse("scheduling:calendar"))

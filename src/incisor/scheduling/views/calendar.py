"""The calendar: a day or a week, by dentist or by chair, as columns or as a list; what it loads and follows."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import opening
from incisor.kernel import live
from incisor.kernel.clock import day_bounds, local, now
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render
from incisor.kernel.spans import moment_of
from incisor.scheduling import queries
from incisor.scheduling.enums import AppointmentStatus
from incisor.scheduling.forms import day_from
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import MOVABLE
from incisor.staff.queries import dentists as dentists_of

VIEWS = ("day", "week", "list")
MOST_DAYS = 14


_NOBODY = uuid.UUID(int=0)  # stands in an address where the calendar puts an id


def _wall(at: datetime, zone: str) -> str:
    return local(at, zone).isoformat()[:16]


def _wall_of(minute: int, zone: str) -> str:
    return _wall(moment_of(minute), zone)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for, with today's day view by dentist as the beginning."""
    at = now()
    today = queries.day_of(request.clinic, at)
    view = request.GET.get("view", "day")
    by = "chair" if request.GET.get("by") == "chair" else "dentist"
    return {
        "at": at,
        "today": today,
        "day": day_from(request.GET.get("day", ""), today),
        "view": view if view in VIEWS else "day",
        "by": by,
    }


@page(Permission.APPOINTMENT_SEE)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the calendar."""
    asked = _asked(request)
    clinic, day = request.clinic, asked["day"]
    columns = _columns(request, asked["by"])
    one = next((row for row in columns if str(row.pk) == request.GET.get("one")), None)
    if asked["view"] == "week" and one is None:
        one = next(iter(columns), None)
    first = day - timedelta(days=day.weekday()) if asked["view"] == "week" else day
    last = first + timedelta(days=6) if asked["view"] == "week" else day
    opened = opening(clinic, first, last)
    starts, ends = queries.shown_hours(clinic, first, last)
    context = {
        **asked,
        **_addresses(asked, one),
        "first": first,
        "last": last,
        "columns": columns,
        "one": one,
        "resources": json.dumps(
            [{"id": str(row.pk), "title": row.name} for row in columns if one is None or row.pk == one.pk]
        ),
        "hours": (f"{starts:02}:00", f"{ends:02}:00"),
        "offset": local(asked["at"], clinic.zone).strftime("%z"),
        "holiday": opened.holidays.get(day, ""),
        "is_closed": asked["view"] != "week" and not opened.open,
        "closures": [row for row in opened.shut if row.chair is None],
        "version": live.version(clinic.pk, "day"),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),  # type: ignore[arg-type]
        "sheets": queries.day_sheets(clinic, day, now=asked["at"]) if asked["view"] == "list" else [],
        "locale": "zh-CN" if (get_language() or "").startswith("zh") else "en-GB",
    }
    return render(request, "scheduling/calendar.html", context, partial="sheets")


def _columns(request: HttpRequest, by: str) -> list[Any]:
    return chairs_of(request.clinic) if by == "chair" else dentists_of(request.clinic)


def _addresses(asked: dict[str, Any], one: Any) -> dict[str, Any]:
    """Links to the days before and after and to the other views, so that all of it works as plain pages."""

    def url(**over: Any) -> str:
        values = {"day": asked["day"].isoformat(), "view": asked["view"], "by": asked["by"], "one": one and one.pk}
        values.update(over)
        return f"{reverse('scheduling:calendar')}?{urlencode({k: v for k, v in values.items() if v})}"

    step = timedelta(days=7 if asked["view"] == "week" else 1)
    names = {"day": pgettext("calendar view", "Day"), "week": _("Week"), "list": _("List")}
    return {
        "url_before": url(day=(asked["day"] - step).isoformat()),
        "url_after": url(day=(asked["day"] + step).isoformat()),
        "url_today": url(day=asked["today"].isoformat()),
        "url_list": url(view="list", one=None),
        "url_here": url(),
        "tabs": [
            {"label": label, "url": url(view=name), "active": name == asked["view"]} for name, label in names.items()
        ],
        "by_tabs": [
            {"label": label, "url": url(by=name, one=None), "active": name == asked["by"]}
            for name, label in (("dentist", _("By dentist")), ("chair", _("By chair")))
        ],
    }


@page(Permission.APPOINTMENT_SEE)
@require_GET
def calendar_events(request: HttpRequest) -> HttpResponse:
    """Return what stands on the calendar between two days, as JSON in the clinic's wall-clock time."""
    clinic = request.clinic
    today = queries.day_of(clinic, now())
    first = day_from(request.GET.get("start", "")[:10], today)
    end = day_from(request.GET.get("end", "")[:10], first + timedelta(days=1))
    last = min(max(end - timedelta(days=1), first), first + timedelta(days=MOST_DAYS - 1))
    by = "chair" if request.GET.get("by") == "chair" else "dentist"
    chosen = as_uuid(request.GET.get("one", ""))
    columns = [row for row in _columns(request, by) if chosen is None or row.pk == chosen]
    bounds = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    may_book = may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk)  # type: ignore[arg-type]
    places = {row.pk: number for number, row in enumerate(columns)}
    for one in (cards := queries.cards_between(clinic, *bounds)):
        if chosen is None:  # somebody who no longer works here still has patients today
            places.setdefault(one.chair_id if by == "chair" else one.dentist_id, len(places))
    shaded = queries.shading(clinic, first, last, **{f"{by}s": columns})
    answer = {
        "version": live.version(clinic.pk, "day"),
        "columns": [str(key) for key in places],
        "words": {value: str(label) for value, label in AppointmentStatus.choices},
        "urls": {
            "open": reverse("scheduling:appointment", args=[_NOBODY]),
            "move": reverse("scheduling:appointment-move", args=[_NOBODY]),
            "block": reverse("scheduling:block", args=[_NOBODY]),
            "nobody": str(_NOBODY),
        },
        "blocked": _("Blocked"),
        "off": [
            [places[key], _wall_of(start, clinic.zone), _wall_of(end, clinic.zone)]
            for key, spans in shaded.items()
            for start, end in spans
        ],
        "cards": [
            _card(one, places, clinic.zone, by, may_book)
            for one in cards
            if (one.chair_id if by == "chair" else one.dentist_id) in places
        ],
        "blocks": [
            {
                "id": str(one.pk),
                "column": places[getattr(one, f"{by}_id")],
                "start": _wall(one.starts_at, clinic.zone),
                "end": _wall(one.ends_at, clinic.zone),
                "title": one.reason,
            }
            for one in queries.blocks_between(clinic, *bounds)
            if getattr(one, f"{by}_id") in places
        ],
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _card(
    one: queries.Card, places: dict[uuid.UUID, int], zone: str, by: str, may_book: bool
) -> dict[str, str | int | bool]:
    """What calendar-feed.ts draws a card from. What is seldom true is only told when it is."""
    card: dict[str, str | int | bool] = {
        "id": str(one.pk),
        "column": places[one.chair_id if by == "chair" else one.dentist_id],
        "start": _wall_of(one.start, zone),
        "end": _wall_of(one.end, zone),
        "minutes": one.end - one.start,
        "title": one.patient,
        "status": one.status,
        "version": one.version,
        "treatment": one.treatment,
        "who": one.chair if by == "dentist" else one.dentist,
    }
    if may_book and one.status in MOVABLE:
        card["movable"] = True
    if one.overbook_reason:
        card["over"] = True
    if one.is_allergic:
        card["alert"] = True
    return card


def treatment_words(appointment: Appointment) -> str:
    """Return the treatment in the reader's language, short."""
    is_chinese = (get_language() or "").startswith("zh")
    names = [
        (item.procedure.short_zh or item.procedure.name_zh) if is_chinese else item.procedure.name_en
        for item in appointment.items.all()
    ]
    return ", ".join(names) or appointment.need

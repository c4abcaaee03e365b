"""Head office: the day of all clinics that a person may see, side by side; read only."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.models import Clinic
from incisor.kernel.clock import now, zone
from incisor.kernel.errors import NotFound
from incisor.kernel.htmx import render
from incisor.scheduling import queries
from incisor.scheduling.forms import day_from
from incisor.scheduling.rules import CardFilter, Load
from incisor.scheduling.views.frame import seen_clinics


def _day(request: HttpRequest) -> dict[str, Any]:
    at = now()
    today = queries.day_of(request.clinic, at)
    day = day_from(request.GET.get("day", ""), today)
    return {
        "at": at,
        "today": today,
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }


@page(Permission.APPOINTMENT_SEE)
@require_GET
def clinics(request: HttpRequest) -> HttpResponse:
    """Show how full the day is in each clinic."""
    asked = _day(request)
    rows = queries.several_clinics(seen_clinics(request), asked["day"])
    loads = [row.day.load for row in rows]
    context = {
        **asked,
        "rows": rows,
        "total": Load(
            open_minutes=sum(one.open_minutes for one in loads),
            booked_minutes=sum(one.booked_minutes for one in loads),
            count=sum(one.count for one in loads),
        ),
        "address": reverse("scheduling:calendar-clinics"),
    }
    return render(request, "scheduling/clinics.html", context)


@page(Permission.APPOINTMENT_SEE)
@require_GET
def clinic_day(request: HttpRequest, clinic_id: str) -> HttpResponse:
    """Show the day of one of the clinics, by that clinic's clock."""
    clinic = _seen(request, clinic_id)
    asked = _day(request)
    number = request.GET.get("page", "1")
    with timezone.override(zone(clinic.zone)):
        context = {
            **asked,
            "there": clinic,
            "load": queries.clinic_load(clinic, asked["day"]),
            "agenda": queries.agenda(
                clinic, asked["day"], asked["day"], wanted=CardFilter(), page=int(number) if number.isdecimal() else 1
            ),
            "address": reverse("scheduling:calendar-clinic", args=[clinic.pk]),
            "url_all": f"{reverse('scheduling:calendar-clinics')}?day={asked['day'].isoformat()}",
        }
        return render(request, "scheduling/clinic_day.html", context)


def _seen(request: HttpRequest, clinic_id: str) -> Clinic:
    found = next((row for row in seen_clinics(request) if str(row.pk) == str(clinic_id)), None)
    if found is None:
        raise NotFound()
    return found

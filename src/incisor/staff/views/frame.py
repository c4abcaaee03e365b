"""What the staff pages share: tabs, weeks, and where a change leads when bookings no longer fit."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.clinics.hooks import worklist_url
from incisor.kernel.clock import business_date, local, now
from incisor.kernel.editing import saved
from incisor.kernel.errors import NotFound
from incisor.kernel.spans import Span, moment_of
from incisor.staff import queries
from incisor.staff.models import StaffMember
from incisor.staff.rules import monday_of


def tabs(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """Return the tabs of the staff pages, none for who may not see staff. here: the URL name of the one that is open."""
    if not may(request.user, Permission.STAFF_SEE, request.clinic.pk):  # type: ignore[arg-type,attr-defined]
        return []
    entries = [
        ("staff", _("Staff")),
        ("rosters", _("Rosters")),
        ("shifts", _("Desk shifts")),
        ("leaves", _("Leave")),
    ]
    return [{"url": reverse(f"staff:{name}"), "label": label, "active": name == here} for name, label in entries]


def may_edit(request: HttpRequest) -> bool:
    """Tell whether the person may change staff in the present clinic."""
    return may(request.user, Permission.STAFF_EDIT, request.clinic.pk)  # type: ignore[arg-type,attr-defined]


def may_see_bookings(request: HttpRequest) -> bool:
    """Tell whether the person may see whose bookings a change hits."""
    return may(request.user, Permission.APPOINTMENT_SEE, request.clinic.pk)  # type: ignore[arg-type,attr-defined]


def today_of(request: HttpRequest) -> date:
    """Return the clinic's present day."""
    return business_date(now(), request.clinic.zone)  # type: ignore[attr-defined]


def day_of(text: str) -> date:
    """Return the day that the text names. Raises NotFound."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        raise NotFound()
    return day


def week_of(request: HttpRequest) -> date:
    """Return the Monday of the week that the address asks for (?week=2026-03-02), else of the present one."""
    asked = request.GET.get("week") or request.POST.get("week")
    return monday_of(day_of(asked) if asked else today_of(request))


def week_links(name: str, monday: date, today: date) -> dict[str, str]:
    """Return the addresses of the weeks around one."""
    base, week = reverse(f"staff:{name}"), timedelta(days=7)
    return {
        "previous": f"{base}?week={monday - week}",
        "next": f"{base}?week={monday + week}",
        "present": base if monday != monday_of(today) else "",
    }


def clock_text(span: Span, zone: str) -> str:
    """Return a span as the clinic's clock shows it: 09:00–12:00."""
    starts, ends = (local(moment_of(minute), zone) for minute in span)
    return f"{starts:%H:%M}–{'24:00' if ends.date() > starts.date() else format(ends, '%H:%M')}"


def saved_with_check(request: HttpRequest, staff: StaffMember, to: str, text: str, *args: Any) -> HttpResponse:
    """Go on to the page, or to the person's bookings that no longer fit when there are any, in this clinic or another."""
    at, here = now(), request.clinic  # type: ignore[attr-defined]
    places = [here, *(row for row in queries.clinics_where_placed(staff) if row.pk != here.pk)]
    counts = {row: len(queries.bookings_outside_duty(row, since=at, staff=staff)) for row in places}
    words = [text]
    for row, count in counts.items():
        if count:
            where = ngettext(
                "%(count)s booking in %(clinic)s no longer fits.",
                "%(count)s bookings in %(clinic)s no longer fit.",
                count,
            )
            words.append(where % {"count": count, "clinic": row.name})
    level = messages.WARNING if len(words) > 1 else messages.SUCCESS
    if counts[here] and may_see_bookings(request):
        return saved(
            request, f"{worklist_url() or reverse('staff:misfits')}?staff={staff.pk}", " ".join(words), level=level
        )
    return saved(request, to, " ".join(words), *args, level=level)

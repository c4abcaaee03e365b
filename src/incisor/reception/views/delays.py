"""Running late: said at the chair or at the desk, and told to those who are booked later."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render, toast, trigger, wants_fragment
from incisor.reception import queries, services
from incisor.reception.forms.chairside import DelayForm
from incisor.reception.views.answers import done
from incisor.staff import queries as staff


@require_POST
@page(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK,))
def delay(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Add minutes to a dentist's delay of today; nothing more means in time again."""
    at, dentist = now(), staff.dentist(request.clinic, staff_id)
    form = DelayForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say by how many minutes."), code="not_understood")
    more, clinic = form.cleaned_data["more"], request.clinic
    if more:
        made = services.add_delay(by=request.user, clinic=clinic, dentist=dentist, more=more, at=at)
    else:
        made = services.set_delay(by=request.user, clinic=clinic, dentist=dentist, minutes=0, at=at)
    if made is None:
        return done(request, _("%(dentist)s is in time again.") % {"dentist": dentist.name}, at=at)
    concerned = [one for one in queries.concerned_by(made, at) if one.told is None]
    text = _("%(dentist)s runs %(minutes)s minutes late.") % {"dentist": dentist.name, "minutes": made.minutes}
    if concerned:
        text += " " + ngettext(
            "%(count)s patient booked later should be told.", "%(count)s patients booked later should be told.", len(concerned)
        ) % {"count": len(concerned)}  # fmt: skip
    response = done(request, text, at=at, undo_url=reverse("reception:delay-undo", args=[made.pk]))
    if concerned and wants_fragment(request):
        panel = (reverse("reception:delays"), _("Tell them"))
        toast(response, text, undo_url=reverse("reception:delay-undo", args=[made.pk]), panel=panel)
    return response


@require_POST
@page(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK,))
def delay_undo(request: HttpRequest, delay_id: UUID) -> HttpResponse:
    """Take a delay back."""
    at, found = now(), queries.delay(request.clinic, delay_id)
    minutes = services.undo_delay(by=request.user, clinic=request.clinic, delay=found, at=at)
    text = _("Undone: %(minutes)s minutes late.") if minutes else _("Undone: in time.")
    return done(request, text % {"minutes": minutes}, at=at)


@require_GET
@page(Permission.DESK_USE)
def delays(request: HttpRequest) -> HttpResponse:
    """Show who runs late, whom it concerns and who was told."""
    return _panel(request)


def _panel(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    at, clinic = now(), request.clinic
    rows = queries.open_delays(clinic, queries.day_of(clinic, at))
    late = {row.dentist_id for row in rows}
    context = {
        "rows": [{"delay": row, "concerned": queries.concerned_by(row, at)} for row in rows],
        "in_time": [person for person in staff.dentists(clinic) if person.pk not in late],
        "may_say": may(request.user, Permission.RECEPTION_WORK, clinic.pk)
        or may(request.user, Permission.CHAIR_WORK, clinic.pk),
        "rule": queries.flow_rules(clinic),
        **more,
    }
    return render(request, "reception/delays.html", context, partial="panel", status=status)


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def delay_tell(request: HttpRequest, delay_id: UUID) -> HttpResponse:
    """Tell those booked later: by message, else by a call of the desk."""
    at, found = now(), queries.delay(request.clinic, delay_id)
    ways = services.tell_of_delay(by=request.user, clinic=request.clinic, delay=found, at=at)
    parts = []
    if ways["message"]:
        parts.append(ngettext("%(n)s message", "%(n)s messages", ways["message"]) % {"n": ways["message"]})
    if ways["call"]:
        parts.append(ngettext("%(n)s call to make", "%(n)s calls to make", ways["call"]) % {"n": ways["call"]})
    return _told(request, _(", ").join(parts), at)


@require_POST
@page(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def delay_told(request: HttpRequest, delay_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Note that one patient was told already."""
    at, found = now(), queries.delay(request.clinic, delay_id)
    services.note_told(by=request.user, clinic=request.clinic, delay=found, appointment_id=appointment_id, at=at)
    return _told(request, _("Noted."), at)


def _told(request: HttpRequest, text: str, at: Any) -> HttpResponse:
    if request.headers.get("HX-Target") != "panel-body":
        return done(request, text, at=at)
    return toast(trigger(_panel(request), "live:day"), text)

"""Leave."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.staff import queries, services
from incisor.staff.enums import LeaveKind
from incisor.staff.forms import LeaveForm
from incisor.staff.views.frame import may_edit, saved_with_check, tabs, today_of

NOON = time(12)


def _span(days: int, **times: time) -> Callable[[date], dict[str, Any]]:
    def fill(today: date) -> dict[str, Any]:
        day = today + timedelta(days=days)
        return {"starts_on": day, "ends_on": day, **times}

    return fill


SPANS: dict[str, Callable[[date], dict[str, Any]]] = {
    "today": _span(0),
    "today-afternoon": _span(0, starts_time=NOON),
    "tomorrow-morning": _span(1, ends_time=NOON),
    "tomorrow-afternoon": _span(1, starts_time=NOON),
    "tomorrow": _span(1),
}


@page(Permission.STAFF_SEE)
def leave_list(request: HttpRequest) -> HttpResponse:
    """List leave. Kind and reason are shown only to those who may change staff."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    context = {
        "tabs": tabs(request, "leaves"),
        "leaves": queries.leaves(clinic, since=at),
        "past": queries.past_leaves(clinic, until=at) if may_edit(request) else [],
        "may_edit": may_edit(request),
        "zone": clinic.zone,
    }
    return render(request, "staff/leave_list.html", context)


@page(Permission.STAFF_EDIT)
def leave_new(request: HttpRequest) -> HttpResponse:
    """Enter a leave."""
    clinic, today = request.clinic, today_of(request)  # type: ignore[attr-defined]
    when = request.GET.get("when", "")
    initial = {
        "staff": request.GET.get("staff", ""),
        "kind": LeaveKind.SICK if when else "",
        "reason": request.GET.get("reason", ""),
        "starts_on": today,
        "ends_on": today,
        **SPANS.get(when, lambda _today: {})(today),
    }
    form = LeaveForm(typed(request), clinic=clinic, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("staff", "kind", "starts_at", "ends_at", "reason")}
        try:
            services.add_leave(by=request.user, clinic=clinic, at=now(), **wanted)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, wanted["staff"], "staff:leaves", _("The leave is entered."))
    return edit_page(
        request,
        form,
        heading=_("Enter leave"),
        back=reverse("staff:leaves"),
        template="staff/edit.html",
        tabs=tabs(request, "leaves"),
        intro=_("Without times it counts whole days. Leave holds in every clinic."),
        presets=[
            {"url": f"?when={key}", "label": label, "is_on": key == when}
            for key, label in (
                ("today", _("ill today")),
                ("today-afternoon", _("ill this afternoon")),
                ("tomorrow-morning", _("ill tomorrow morning")),
                ("tomorrow-afternoon", _("ill tomorrow afternoon")),
                ("tomorrow", _("ill tomorrow")),
            )
        ],
    )


@require_POST
@page(Permission.STAFF_EDIT)
def leave_cancel(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    """Take back a leave."""
    leave = queries.leave(request.clinic, leave_id)  # type: ignore[attr-defined]
    services.cancel_leave(by=request.user, clinic=request.clinic, leave=leave, at=now())  # type: ignore[attr-defined]
    text = _("The leave of %(name)s is cancelled.") % {"name": leave.staff.name}
    return saved_with_check(request, leave.staff, "staff:leaves", text)

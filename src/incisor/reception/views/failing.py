"""A chair fails: who is booked on it, and where they go."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import may, page, require
from incisor.accounts.enums import Permission
from incisor.clinics import queries as clinics
from incisor.kernel.clock import now
from incisor.kernel.htmx import render, toast, trigger
from incisor.reception import queries, services


@require_http_methods(["GET", "POST"])
@page(Permission.APPOINTMENT_SEE)
def failing_chair(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """List who is booked on a chair that is out of order; on POST move all that fit to other chairs."""
    at, clinic = now(), request.clinic
    chair = clinics.chair(clinic, chair_id)
    said = ""
    stuck: dict[object, str] = {}
    if request.method == "POST":
        require(request.user, Permission.APPOINTMENT_BOOK, clinic.pk)
        result = services.move_off_chair(by=request.user, clinic=clinic, chair=chair, at=at)
        stuck = {appointment.pk: why for appointment, why in result.stuck}
        count = len(result.moved)
        said = ngettext("%(n)s moved to another chair.", "%(n)s moved to other chairs.", count) % {"n": count}
        if stuck:
            said += " " + _("%(n)s found no other chair at that time.") % {"n": len(stuck)}
    sitting = queries.patient_in(chair)
    context = {
        "chair": chair,
        "sitting": sitting,
        "chairs": queries.chair_options(clinic, sitting) if sitting else [],
        "rows": [(row, stuck.get(row.pk, "")) for row in queries.booked_on_broken(clinic, chair, at)],
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),
    }
    response = render(request, "reception/failing_chair.html", context, partial="panel")
    return toast(trigger(response, "live:day"), said) if said else response

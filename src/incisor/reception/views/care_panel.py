"""Warnings before an operation: shown, and decided by the dentist."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.htmx import render
from incisor.patients.queries import shown_name
from incisor.reception import queries, services
from incisor.reception.enums import CareDecision
from incisor.reception.forms import CareForm
from incisor.reception.views.answers import done
from incisor.visits import queries as visits


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_HEALTH)
def care(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the warnings of a visit; the dentist says what is to be done, and why."""
    at, visit = now(), visits.visit(request.clinic, visit_id)
    form = CareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            word = services.acknowledge_care(by=request.user, visit=visit, at=at, **form.cleaned_data)
        except (services.WordNeeded, services.NotWarned) as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("%(patient)s: %(decision)s.") % {
                "patient": shown_name(visit.patient),
                "decision": word.get_decision_display(),
            }
            return done(request, text, at=at)
    context = {
        "visit": visit,
        "patient": visit.patient,
        "care": queries.care_of_visit(request.clinic, visit, at),
        "form": form,
        "decisions": CareDecision.choices,
        "may_decide": may(request.user, Permission.NOTE_WRITE, request.clinic.pk),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reception/care.html", context, partial="panel", status=status)

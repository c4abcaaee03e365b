"""When patients may be called."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import ChangedMeanwhile
from incisor.outreach import queries, services
from incisor.outreach.forms import CallingRulesForm, stretches_text


@require_http_methods(["GET", "POST"])
@page(Permission.PROTOCOL_EDIT)
def calling_rules(request: HttpRequest) -> HttpResponse:
    """Change when patients may be called, and how soon after a missed appointment."""
    clinic: Any = request.clinic  # type: ignore[attr-defined]
    rules = queries.calling_rules(clinic)
    workdays, weekend = queries.calling_hours(clinic)
    initial = {
        "workdays": stretches_text(workdays),
        "weekend": stretches_text(weekend),
        "missed_minutes": rules.missed_minutes,
        "leftover_until": rules.leftover_until,
        "version": rules.version,
    }
    form = CallingRulesForm(typed(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.change_calling_rules(by=request.user, clinic=clinic, at=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
        except (services.RuleRefused, ChangedMeanwhile) as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "outreach:follow-ups", _("Saved."))
    return edit_page(request, form, heading=_("When patients are called"), back=reverse("outreach:follow-ups"))

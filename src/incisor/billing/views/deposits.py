"""Taking a deposit for an appointment."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.billing import queries, services
from incisor.billing.forms import DepositForm
from incisor.billing.rules.tenders import LETTERS
from incisor.kernel.clock import now
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.kernel.money import as_text
from incisor.scheduling.queries import appointment as appointment_of
from incisor.scheduling.queries import confirmation_rules


@page(Permission.MONEY_TAKE)
@require_http_methods(["GET", "POST"])
def deposit(request: HttpRequest, appointment_id: Any) -> HttpResponse:
    """Ask how much is paid ahead and how; take it with a receipt."""
    found = appointment_of(request.clinic, appointment_id)
    form = DepositForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = services.take_deposit(by=request.user, appointment=found, at=now(), **form.values())
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusal = str(refused)
        else:
            return _taken(request, found, made)
    elif request.method == "POST":
        refusal = " ".join(str(error) for errors in form.errors.values() for error in errors)
    context = {
        "appointment": found,
        "patient": found.patient,
        "methods": list(LETTERS.items()),
        "usual_minor": confirmation_rules(request.clinic).deposit_minor,
        "known": queries.deposit_of(request.clinic, found),
        "request_key": request.POST.get("request_key") or str(uuid7()),
        "refusal": refusal,
        "typed": request.POST.get("amount_minor", ""),
    }
    return render(request, "billing/deposit.html", context, partial="panel", status=422 if refusal else 200)


def _taken(request: HttpRequest, found: Any, made: Any) -> HttpResponse:
    said = _("Deposit taken: %(amount)s, receipt %(number)s.") % {
        "amount": as_text(made.amount_minor, made.currency),
        "number": made.receipt_number,
    }
    if not wants_fragment(request):
        messages.success(request, said)
        return redirect(request, reverse("scheduling:appointment", args=[found.pk]))
    response = trigger(HttpResponse(status=204), "live:day")
    panel = {"url": reverse("scheduling:appointment", args=[found.pk])}
    return toast(trigger(response, "panel-open", panel), said)

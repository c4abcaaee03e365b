"""The price list: what is valid, what is planned, what was."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.billing import queries, services
from incisor.billing.forms import PriceForm, day_or
from incisor.clinics.queries import procedure as procedure_by_id
from incisor.kernel.clock import business_date, now
from incisor.kernel.errors import NotAllowed, Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.money import as_text


@page(Permission.MONEY_SEE)
@require_GET
def prices(request: HttpRequest) -> HttpResponse:
    """Show the price list as it is valid on a day."""
    today = business_date(now(), request.clinic.zone, day_starts_at=request.clinic.day_starts_at)
    day = day_or(request.GET.get("day"), today)
    context = {
        "day": day,
        "today": today,
        "rows": queries.price_list(request.clinic, day),
        "may_edit": may(request.user, Permission.PRICE_EDIT, request.clinic.pk),
    }
    return render(request, "billing/price_list.html", context, partial="list")


@page(Permission.MONEY_SEE)
@require_http_methods(["GET", "POST"])
def price(request: HttpRequest, procedure_id: Any) -> HttpResponse:
    """Show every price that a procedure had and will have, and set a new one from a day on."""
    item, at = procedure_by_id(procedure_id), now()
    today = business_date(at, request.clinic.zone, day_starts_at=request.clinic.day_starts_at)
    form = PriceForm(request.POST or None, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.set_price(
                by=request.user, clinic=request.clinic, procedure=item, at=at, **form.cleaned_data
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("valid_from" if refusal.code == "price_in_the_past" else "amount_minor", str(refusal))
        else:
            amount, first = as_text(made.amount_minor, request.clinic.currency), made.valid_from.isoformat()
            said = _("%(item)s: %(amount)s from %(day)s.") % {"item": item.name_zh, "amount": amount, "day": first}
            return _changed(request, said)
    context = {
        "procedure": item,
        "form": form,
        "today": today,
        "versions": queries.price_versions(request.clinic, item),
        "may_edit": may(request.user, Permission.PRICE_EDIT, request.clinic.pk),
    }
    return render(request, "billing/price.html", context, partial="panel", status=422 if form.errors else 200)


@page(Permission.PRICE_EDIT)
@require_POST
def price_withdraw(request: HttpRequest, price_id: Any) -> HttpResponse:
    """Withdraw a price that is planned."""
    services.withdraw_price(by=request.user, price=queries.price(request.clinic, price_id), at=now())
    return _changed(request, _("The planned price was withdrawn."))


def _changed(request: HttpRequest, said: str) -> HttpResponse:
    if wants_fragment(request):
        return trigger(trigger(toast(HttpResponse(status=204), said), "panel-close"), "prices-changed")
    messages.success(request, said)
    return redirect(request, reverse("billing:prices"))

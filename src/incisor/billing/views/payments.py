"""Who waits to pay, the payments of a day, receipts, and one patient's account."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.billing import queries, services
from incisor.billing.adapters.receipts import SIZES, receipt_pdf
from incisor.billing.forms import ReasonForm, day_or
from incisor.kernel import exports, live
from incisor.kernel.clock import business_date, now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients.queries import patient as patient_by_id
from incisor.patients.queries import shown_name

DAY = timedelta(days=1)
EXPORT_LIMIT = 100_000
PAYMENTS = (
    exports.Column(gettext_lazy("Time"), lambda row: row.taken_at),
    exports.Column(gettext_lazy("Receipt"), lambda row: row.receipt_number),
    exports.Column(gettext_lazy("File number"), lambda row: row.patient.file_number),
    exports.Column(gettext_lazy("Patient"), lambda row: shown_name(row.patient)),
    exports.Column(gettext_lazy("Ways of paying"), lambda row: [_tender(one) for one in row.parts]),
    exports.Column(gettext_lazy("Amount"), lambda row: exports.in_money(row.amount_minor)),
    exports.Column(gettext_lazy("Taken by"), lambda row: row.taken_by.name),
    exports.Column(gettext_lazy("Reversed"), lambda row: row.reversed_at),
    exports.Column(gettext_lazy("Reason"), lambda row: row.reversal_reason),
)
DEBTS = (
    exports.Column(gettext_lazy("File number"), lambda row: row.patient.file_number),
    exports.Column(gettext_lazy("Patient"), lambda row: shown_name(row.patient)),
    exports.Column(gettext_lazy("Owed"), lambda row: exports.in_money(row.owed_minor)),
    exports.Column(gettext_lazy("Owed since"), lambda row: row.since),
)


def _tender(one: Any) -> str:
    return f"{one.get_method_display()} {exports.in_money(one.amount_minor):.2f}"


@page(Permission.MONEY_SEE)
@require_GET
def to_pay(request: HttpRequest) -> HttpResponseBase:
    """Show who has been treated and waits to pay, and who owes something from before."""
    if file_format := exports.wanted(request):
        return exports.export(request, "debts", DEBTS, queries.debts(request.clinic, limit=EXPORT_LIMIT), file_format)
    context = {
        "live_version": live.version(request.clinic.pk, "day"),
        "waiting": queries.to_pay(request.clinic),
        "debts": queries.debts(request.clinic),
        "may_take": may(request.user, Permission.MONEY_TAKE, request.clinic.pk),
    }
    return render(request, "billing/to_pay.html", context, partial="lists")


@page(Permission.MONEY_SEE)
@require_GET
def payments(request: HttpRequest) -> HttpResponseBase:
    """Show the payments of a business date with their totals by way of paying."""
    today = business_date(now(), request.clinic.zone, day_starts_at=request.clinic.day_starts_at)
    day = day_or(request.GET.get("day"), today)
    if file_format := exports.wanted(request):
        return exports.export(request, "payments", PAYMENTS, queries.payments_of_day(request.clinic, day), file_format)
    context = {
        "day": day,
        "today": today,
        "day_before": day - DAY,
        "day_after": day + DAY,
        "live_version": live.version(request.clinic.pk, "day"),
        "payments": queries.payments_of_day(request.clinic, day),
        "totals": queries.day_totals(request.clinic, day),
        "may_reverse": may(request.user, Permission.MONEY_REVERSE, request.clinic.pk),
    }
    return render(request, "billing/payment_list.html", context, partial="day")


@page(Permission.MONEY_REVERSE)
@require_http_methods(["GET", "POST"])
def payment_reverse(request: HttpRequest, payment_id: Any) -> HttpResponse:
    """Ask for the reason and reverse the payment."""
    found = queries.payment(request.clinic, payment_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse_payment(by=request.user, payment=found, reason=form.cleaned_data["reason"], at=now())
        except Refused as refusal:
            form.add_error("reason", str(refusal))
        else:
            said = _("Payment %(number)s was reversed.") % {"number": found.receipt_number}
            if wants_fragment(request):
                return trigger(trigger(toast(HttpResponse(status=204), said), "panel-close"), "bill-changed")
            messages.success(request, said)
            return redirect(request, f"{reverse('billing:payments')}?day={found.business_date.isoformat()}")
    status = 422 if form.errors else 200
    return render(
        request, "billing/payment_reverse.html", {"payment": found, "form": form}, partial="panel", status=status
    )


@page(Permission.MONEY_SEE)
@require_GET
def receipt(request: HttpRequest, payment_id: Any) -> HttpResponse:
    """Print the receipt as PDF; the look is kept, and each print after the first is marked as a reprint."""
    found = queries.payment(request.clinic, payment_id)
    size = request.GET.get("size", "a5")
    if size not in SIZES:
        size = "a5"
    before = services.print_receipt(by=request.user, payment=found, at=now())
    response = HttpResponse(receipt_pdf(found, size=size, is_reprint=before > 0), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{found.receipt_number}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page(Permission.MONEY_SEE)
@require_GET
def patient_money(request: HttpRequest, patient_id: Any) -> HttpResponse:
    """Show the patient's account: every entry, and what is owed."""
    found = patient_by_id(request.clinic, patient_id)
    rows = queries.statement_of(request.clinic, found)
    context = {"patient": found, "rows": rows, "balance": rows[0].balance_minor if rows else 0}
    return render(request, "billing/patient_money.html", context, partial="panel")

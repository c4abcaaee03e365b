"""The check-out page: what was done, what it costs, how it is paid, when the patient comes again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.billing import queries, services
from incisor.billing.enums import BillStatus
from incisor.billing.forms import DiscountForm, ItemForm, LineForm, PaymentForm, ReasonForm
from incisor.billing.hooks import CheckOutPart, check_out_parts
from incisor.billing.models import Bill, BillLine
from incisor.billing.queries.next_visit import next_visit_of
from incisor.billing.rules.tenders import LETTERS, parse_line
from incisor.clinics.queries import chair
from incisor.kernel.clock import local, now
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.ids import uuid7
from incisor.kernel.money import as_text
from incisor.scheduling.enums import BookingChannel
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries import changes_of
from incisor.scheduling.services import book_appointment
from incisor.staff.queries import dentist
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit
from incisor.visits.queries import Wanted, as_read_by, next_visit_wanted
from incisor.visits.queries import visit as visit_by_id

TEMPLATE = "billing/bill.html"
BEFORE_TREATMENT = {VisitStatus.WAITING, VisitStatus.CALLED}
METHODS = [(letter, method) for letter, method in LETTERS.items()]


@page(Permission.MONEY_SEE)
@require_GET
def bill(request: HttpRequest, visit_id: Any) -> HttpResponse:
    """Show the visit's charge sheet. Whoever may make one gets it ready by looking: made or brought up to the note."""
    visit = visit_by_id(request.clinic, visit_id)
    found = queries.bill_of_visit(request.clinic, visit)
    if may(request.user, Permission.MONEY_TAKE, request.clinic.pk) and _is_behind(visit, found):
        services.bill_for_visit(by=request.user, visit=visit, at=now())
        found = queries.bill_of_visit(request.clinic, visit)
    if found is None:
        return render(request, "billing/no_bill.html", {"visit": visit}, partial="panel")
    return _show(request, found)


def _is_behind(visit: Visit, found: Bill | None) -> bool:
    if found is None:
        return visit.status not in {*BEFORE_TREATMENT, VisitStatus.LEFT, VisitStatus.WITHDRAWN}
    return found.status == BillStatus.DRAFT and bool(queries.plan_of(visit, found.rows))  # type: ignore[attr-defined]


@page(Permission.MONEY_SEE)
@require_GET
def bill_by_id(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Show a charge sheet, also one that was reversed."""
    return _show(request, queries.bill(request.clinic, bill_id))


def _show(request: HttpRequest, found: Bill, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return the sheet as page or panel. more: forms with what was typed, the refusal and which part it belongs to."""
    at = now()
    sheet = queries.sheet_of(found)
    may_take = may(request.user, Permission.MONEY_TAKE, request.clinic.pk)
    may_book = may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk)
    context = {
        "sheet": sheet,
        "bill": found,
        "may_take": may_take,
        "may_discount": may(request.user, Permission.MONEY_DISCOUNT, request.clinic.pk),
        "may_reverse": may(request.user, Permission.MONEY_REVERSE, request.clinic.pk),
        "may_book": may_book,
        "item_form": ItemForm(is_chinese=_is_chinese()),
        "methods": METHODS,
        "request_key": str(uuid7()),
        "next_visit": None,
        **more,
    }
    if sheet.is_settled and found.visit is not None:
        context["parts"] = _parts(request, found.visit, at)
        if may_book and not context["parts"]:
            context["next_visit"] = next_visit_of(request.clinic, found.visit, _wanted(request, found.visit), at=at)
    return render(request, TEMPLATE, context, partial="panel", status=status)


def _wanted(request: HttpRequest, visit: Visit) -> Wanted:
    return as_read_by(request.user, request.clinic, next_visit_wanted(visit))  # type: ignore[arg-type]


def _parts(request: HttpRequest, visit: Visit, at: datetime) -> list[SafeString]:
    """Return what upper apps show below a settled sheet."""
    drawn = [part.draw(request, visit, at) for part in check_out_parts if sees(request, part)]
    return [part for part in drawn if part]


def sees(request: HttpRequest, part: CheckOutPart) -> bool:
    """Tell whether the person may see a part of the page."""
    wanted = [one for one in (part.permission, part.or_permission) if one is not None]
    return not wanted or any(may(request.user, one, request.clinic.pk) for one in wanted)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _address(found: Bill) -> str:
    if found.visit_id is None or found.status == BillStatus.VOID:
        return reverse("billing:bill-by-id", args=[found.pk])
    return reverse("billing:bill", args=[found.visit_id])


def _act(request: HttpRequest, bill_id: Any, part: str, do: Callable[[], str]) -> HttpResponse:
    """Do one thing to a sheet and show it again; refused: with the reason at that part of it, and what was typed."""
    try:
        said = do()
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _refused(request, bill_id, part, str(refusal))
    found = queries.bill(request.clinic, bill_id)
    if wants_fragment(request):
        response = trigger(_show(request, found), "bill-changed")
        return toast(response, said) if said else response
    if said:
        messages.success(request, said)
    return redirect(request, _address(found))


def _refused(request: HttpRequest, bill_id: Any, part: str, message: str, **more: Any) -> HttpResponse:
    found = queries.bill(request.clinic, bill_id)
    return _show(request, found, status=422, refused_at=part, refusal=message, typed=request.POST, **more)


def _errors(form: Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _line(request: HttpRequest, line_id: Any) -> tuple[BillLine, Bill]:
    found = queries.line(request.clinic, line_id)
    return found, found.bill


@page(Permission.MONEY_TAKE)
@require_POST
def item_add(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Add an item to the draft."""
    found, at = queries.bill(request.clinic, bill_id), now()
    form = ItemForm(request.POST, is_chinese=_is_chinese())
    if not form.is_valid():
        return _show(request, found, status=422, item_form=form, refused_at="item")

    def do() -> str:
        services.add_item(by=request.user, bill=found, at=at, **form.cleaned_data)
        return ""

    return _act(request, bill_id, "item", do)


@page(Permission.MONEY_TAKE)
@require_POST
def line_change(request: HttpRequest, line_id: Any) -> HttpResponse:
    """Change an item's quantity, or the price that the list does not have."""
    (line, found), at = _line(request, line_id), now()
    form = LineForm(request.POST)
    if not form.is_valid():
        return _refused(request, found.pk, str(line.pk), _errors(form))

    def do() -> str:
        services.change_line(by=request.user, bill=found, line=line, at=at, **form.cleaned_data)
        return ""

    return _act(request, found.pk, str(line.pk), do)


@page(Permission.MONEY_TAKE)
@require_POST
def line_remove(request: HttpRequest, line_id: Any) -> HttpResponse:
    """Take an item off the draft."""
    (line, found), at = _line(request, line_id), now()

    def do() -> str:
        services.remove_line(by=request.user, bill=found, line=line, at=at)
        return ""

    return _act(request, found.pk, str(line.pk), do)


@page(Permission.MONEY_TAKE)
@require_POST
def line_restore(request: HttpRequest, line_id: Any) -> HttpResponse:
    """Put an item back."""
    (line, found), at = _line(request, line_id), now()

    def do() -> str:
        services.restore_line(by=request.user, bill=found, line=line, at=at)
        return ""

    return _act(request, found.pk, str(line.pk), do)


@page(Permission.MONEY_DISCOUNT)
@require_POST
def line_discount(request: HttpRequest, line_id: Any) -> HttpResponse:
    """Give a discount on one item."""
    (line, found), at = _line(request, line_id), now()
    form = DiscountForm(request.POST)
    if not form.is_valid():
        return _refused(request, found.pk, str(line.pk), _errors(form))

    def do() -> str:
        services.discount_line(by=request.user, bill=found, line=line, at=at, **form.cleaned_data)
        return ""

    return _act(request, found.pk, str(line.pk), do)


@page(Permission.MONEY_DISCOUNT)
@require_POST
def bill_discount(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Give a discount on the whole sheet."""
    found, at = queries.bill(request.clinic, bill_id), now()
    form = DiscountForm(request.POST)
    if not form.is_valid():
        return _refused(request, bill_id, "discount", _errors(form))

    def do() -> str:
        services.discount_bill(by=request.user, bill=found, at=at, **form.cleaned_data)
        return ""

    return _act(request, bill_id, "discount", do)


@page(Permission.MONEY_TAKE)
@require_POST
def bill_confirm(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Confirm a sheet on which there is nothing to pay; the visit is closed by it."""
    found, at = queries.bill(request.clinic, bill_id), now()
    version = request.POST.get("version", "")

    def do() -> str:
        services.confirm_bill(by=request.user, bill=found, at=at, version=int(version) if version.isdigit() else None)
        return _("Done: nothing to pay.")

    return _act(request, bill_id, "pay", do)


@page(Permission.MONEY_TAKE)
@require_POST
def bill_pay(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Take a payment by the payment line."""
    found, at = queries.bill(request.clinic, bill_id), now()
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _refused(request, bill_id, "pay", _("Something of the form is missing. Load the page again."))
    values = form.cleaned_data

    def do() -> str:
        payment = services.take_payment(
            by=request.user,
            bill=found,
            tenders=parse_line(values["line"]),
            request_key=values["request_key"],
            expected_minor=values["due_minor"],
            at=at,
        )
        paid = as_text(payment.amount_minor, payment.currency)
        return _("Paid: %(amount)s, receipt %(number)s.") % {"amount": paid, "number": payment.receipt_number}

    return _act(request, bill_id, "pay", do)


@page(Permission.MONEY_TAKE)
@require_POST
def bill_use_held(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Use a deposit of a visit that did not take place."""
    found, at = queries.bill(request.clinic, bill_id), now()

    def do() -> str:
        used = services.use_held(by=request.user, bill=found, at=at)
        return _("Used from what is held: %(amount)s.") % {"amount": as_text(used, found.currency)}

    return _act(request, bill_id, "pay", do)


@page(Permission.MONEY_TAKE)
@require_POST
def bill_leave_open(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Let the patient go with something owed, for a reason."""
    found, at = queries.bill(request.clinic, bill_id), now()
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""

    def do() -> str:
        services.leave_open(by=request.user, bill=found, reason=reason, at=at)
        return _("Left open: %(reason)s") % {"reason": reason}

    return _act(request, bill_id, "leave-open", do)


@page(Permission.MONEY_REVERSE)
@require_POST
def bill_void(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Reverse a confirmed sheet."""
    found, at = queries.bill(request.clinic, bill_id), now()
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""

    def do() -> str:
        services.void_bill(by=request.user, bill=found, reason=reason, at=at)
        return _("The charge sheet was reversed.")

    return _act(request, bill_id, "void", do)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def bill_next_visit(request: HttpRequest, bill_id: Any) -> HttpResponse:
    """Book the next visit at the time that was chosen; then the check-out is done."""
    found, at = queries.bill(request.clinic, bill_id), now()
    if found.visit is None:
        raise NotFound()
    wanted = _wanted(request, found.visit).procedure
    try:
        dentist_id, chair_id, moment = request.POST.get("slot", "").split("|")
        starts_at = datetime.fromisoformat(moment)
    except ValueError:
        return _refused(request, bill_id, "next", _("Choose one of the times."))
    try:
        made = book_appointment(
            by=request.user,
            clinic=request.clinic,
            patient=found.patient,
            dentist=dentist(request.clinic, dentist_id),
            chair=chair(request.clinic, chair_id),
            starts_at=starts_at,
            procedures=[wanted] if wanted else [],
            channel=BookingChannel.DESK,
            request_key=request.POST.get("request_key", "")[:64],
            at=at,
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _refused(request, bill_id, "next", str(refusal))
    return _booked(request, found, made)


def _booked(request: HttpRequest, found: Bill, made: Appointment) -> HttpResponse:
    """Say when, with Undo, and close the panel; from a page of its own go back to the list of who waits to pay."""
    text = _("Next visit: %(when)s, %(dentist)s.") % {
        "when": local(made.starts_at, request.clinic.zone).strftime("%Y-%m-%d %H:%M"),
        "dentist": made.dentist.name,
    }
    try:
        undo = reverse("scheduling:appointment-undo", args=[changes_of(made)[-1].pk])
    except NoReverseMatch:
        undo = ""
    is_page = urlsplit(request.headers.get("HX-Current-URL", "")).path in {_address(found), ""}
    if wants_fragment(request) and not is_page:
        return trigger(toast(HttpResponse(status=204), text, undo_url=undo or None), "panel-close")
    messages.success(request, text, extra_tags=undo)
    return redirect(request, reverse("billing:to-pay"))

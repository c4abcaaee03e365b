"""Receipts as PDF: A5 and 80 mm roll, in the reader's language, set by typst with the fonts that the product brings."""

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

import incisor.kernel
from incisor.billing.enums import Method
from incisor.billing.models import Payment
from incisor.billing.rules.receipts import in_capitals
from incisor.kernel.clock import local
from incisor.kernel.errors import Refused
from incisor.kernel.money import as_text

FONTS = Path(incisor.kernel.__file__).parent / "fonts"
SIZES = ("a5", "80mm")


class FontsMissing(Refused):
    """The fonts were not built, and without them Chinese would be empty boxes."""

    code = "fonts_missing"
    status = 503


def receipt_pdf(payment: Payment, *, size: str, is_reprint: bool) -> bytes:
    """Return the receipt as PDF. payment: from queries.payment. size: one of SIZES. Raises FontsMissing."""
    if not list(FONTS.glob("*.ttf")):
        raise FontsMissing(_("The receipt cannot be set: the fonts are missing. Build the front end, then try again."))
    template = resources.files("incisor.billing").joinpath("typst/receipt.typ").read_bytes()
    made: bytes = typst.compile(  # type: ignore[misc]  # its stub cannot tell the kind of input
        template,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={
            "receipt": json.dumps(receipt_content(payment, size=size, is_reprint=is_reprint), ensure_ascii=False)
        },
    )
    return made


def teeth_text(teeth: Sequence[int]) -> str:
    """Return tooth numbers as a receipt prints them."""
    return " ".join(str(tooth) for tooth in teeth)


def receipt_content(payment: Payment, *, size: str, is_reprint: bool) -> dict[str, Any]:
    """Return everything a receipt says, as text in the reader's language."""
    clinic = payment.clinic
    is_chinese = (get_language() or "").startswith("zh")
    items = payment.bill.items if payment.bill else []  # type: ignore[attr-defined]  # prefetched by queries.payment
    dentist = payment.bill.visit.dentist if payment.bill and payment.bill.visit else None
    total, discount = sum(row.total_minor for row in items), sum(row.discount_minor for row in items)
    marks = [_("Reprint")] if is_reprint else []
    if payment.reversed_at is not None:
        marks.append(pgettext("money", "Reversed"))
    return {
        "size": size,
        "lang": "zh" if is_chinese else "en",
        "clinic": {
            "name": clinic.name if is_chinese else clinic.name_en or clinic.name,
            "address": clinic.address,
            "phone": clinic.phone,
        },
        "marks": marks,
        "number": payment.receipt_number,
        "time": local(payment.taken_at, clinic.zone).strftime("%Y-%m-%d %H:%M"),
        "patient": {"name": payment.patient.name, "file_number": payment.patient.file_number},
        "dentist": dentist.name if dentist else "",
        "items": [
            {
                "text": row.label,
                "teeth": teeth_text(row.teeth),
                "unit": as_text(row.unit_minor, payment.currency),
                "quantity": str(row.quantity),
                "discount": as_text(-row.discount_minor, payment.currency) if row.discount_minor else "",
                "price": as_text(row.price_minor, payment.currency),
                "total": as_text(row.total_minor, payment.currency),
            }
            for row in items
        ],
        "sums": _sums(payment, total, discount) if items else [],
        "paid": as_text(payment.amount_minor, payment.currency),
        "capitals": in_capitals(payment.amount_minor) if is_chinese and payment.currency == "CNY" else "",
        "tenders": _tenders(payment),
        "taken_by": payment.taken_by.name,
        "note": _note(payment),
        "words": _words(),
    }


def _sums(payment: Payment, total: int, discount: int) -> list[dict[str, str]]:
    """What leads from the items to what was paid now: discounts, payments before this one."""
    rows = []
    if discount:
        rows.append((_("Sum of the items"), total + discount))
        rows.append((_("Discount"), -discount))
    rows.append((_("To pay"), total))
    earlier = total - payment.owed_after_minor - payment.amount_minor
    if earlier > 0:
        rows.append((_("Paid earlier"), -earlier))
    return [{"name": str(name), "amount": as_text(minor, payment.currency)} for name, minor in rows]


def _tenders(payment: Payment) -> list[dict[str, str]]:
    rows: list[tuple[str, int]] = []
    for part in payment.parts:  # type: ignore[attr-defined]  # prefetched by queries.payment
        rows.append((str(Method(part.method).label), part.amount_minor))
        if part.change_minor:
            rows.append((_("Cash given"), part.given_minor))
            rows.append((pgettext("money given back", "Change"), part.change_minor))
    return [{"name": name, "amount": as_text(minor, payment.currency)} for name, minor in rows]


def _note(payment: Payment) -> str:
    if payment.appointment is not None:
        when = local(payment.appointment.starts_at, payment.clinic.zone).strftime("%Y-%m-%d %H:%M")
        return _("Deposit for the appointment on %(when)s; it is deducted at the visit.") % {"when": when}
    if payment.owed_after_minor <= 0:
        return ""
    return _("Still to pay: %(amount)s") % {"amount": as_text(payment.owed_after_minor, payment.currency)}


def _words() -> dict[str, str]:
    return {
        "title": _("Receipt"),
        "number": _("No."),
        "time": _("Time"),
        "patient": _("Patient"),
        "file_number": _("File number"),
        "dentist": _("Dentist"),
        "item": _("Item"),
        "teeth": _("Teeth"),
        "unit": _("Price"),
        "quantity": pgettext("how many", "Qty"),
        "discount": _("Discount"),
        "amount": _("Amount"),
        "paid": _("Paid"),
        "capitals": _("In capitals:"),
        "taken_by": _("Taken by"),
        "seal": _("Seal of the clinic"),
    }

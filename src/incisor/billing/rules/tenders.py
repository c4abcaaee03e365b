"""Several ways of paying one amount: the line that the cashier types, and how it is laid on what is owed."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incisor.billing.enums import Method
from incisor.kernel.errors import Refused
from incisor.kernel.money import MAX_MINOR, as_text

# The letter of each way on the payment line, printed on its button.
LETTERS: dict[str, Method] = {
    "x": Method.CASH,
    "c": Method.CARD,
    "w": Method.WECHAT,
    "a": Method.ALIPAY,
    "y": Method.PUBLIC_INSURANCE,
    "b": Method.COMMERCIAL_INSURANCE,
    "t": Method.TRANSFER,
}


class PaymentLineWrong(Refused):
    """What was typed on the payment line says nothing."""

    code = "payment_line_wrong"
    status = 422


class OverPaid(Refused):
    """More than what is owed, and not as cash that could be given back."""

    code = "over_paid"
    status = 422


@dataclass(frozen=True)
class Part:
    """One part of a payment as typed. given_minor: None for whatever the others leave open."""

    method: Method
    given_minor: int | None


@dataclass(frozen=True)
class Laid:
    """One part as it is booked: what it pays, what was handed over, what is given back (cash only)."""

    method: Method
    amount_minor: int
    given_minor: int
    change_minor: int = 0


_TOKEN = re.compile(r"([a-z])?\s*(\d{1,9}(?:\.\d{0,2})?)?")
_FILLER = re.compile(r"[\s+,，、;；¥￥元]*")


def parse_line(text: str) -> list[Part]:
    """Return the parts of a payment line.

    A bare number is cash handed over. A letter is a way of paying: before a number that much by it, alone whatever is
    left: "200c" 200 cash and the rest by card, "w" all by WeChat, "c200w" 200 by card and the rest by WeChat,
    "500" five hundred in cash. Raises PaymentLineWrong.
    """
    line = unicodedata.normalize("NFKC", text).lower().replace("。", ".").strip()
    parts: list[Part] = []
    where = 0
    while where < len(line):
        where = _FILLER.match(line, where).end()  # type: ignore[union-attr]  # matches the empty text too
        if where == len(line):
            break
        found = _TOKEN.match(line, where)
        if found is None or found.end() == where or (found[1] and found[1] not in LETTERS):
            raise PaymentLineWrong(
                _("“%(typed)s” on the payment line means nothing. Write for example 200c: 200 cash, the rest by card.")
                % {"typed": line[where : where + 10]}
            )
        method = LETTERS[found[1]] if found[1] else Method.CASH
        parts.append(Part(method, _fen(found[2]) if found[2] else None))
        where = found.end()
    return _checked(parts)


def _fen(number: str) -> int:
    whole, _dot, cents = number.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0") or "0")


def _checked(parts: list[Part]) -> list[Part]:
    if not parts:
        raise PaymentLineWrong(_("Say how it is paid: an amount in cash, or the letter of a way of paying."))
    methods = [part.method for part in parts]
    for method in methods:
        if methods.count(method) > 1:
            raise PaymentLineWrong(_("%(method)s stands twice on the payment line.") % {"method": method.label})
    if sum(part.given_minor is None for part in parts) > 1:
        raise PaymentLineWrong(_("Only one way of paying can take the rest. Give the others an amount."))
    if any(part.given_minor == 0 for part in parts):
        raise PaymentLineWrong(_("Nothing cannot be paid. Leave that part out."))
    return parts


def lay(*, due_minor: int, parts: Sequence[Part]) -> list[Laid]:
    """Return how the parts pay what is owed; less than that is a part payment.

    Cash beyond it is change. Raises OverPaid when anything else goes beyond, or when nothing is left for the rest.
    """
    if due_minor <= 0:
        raise OverPaid(_("Nothing is owed any more. Look at the payments below."))
    fixed = [part for part in parts if part.given_minor is not None and part.method != Method.CASH]
    left = due_minor - sum(part.given_minor or 0 for part in fixed)
    if left < 0:
        raise OverPaid(
            _("That is %(over)s too much. Only cash can be handed over in excess; change is given from it.")
            % {"over": as_text(-left)}
        )
    laid = {part: Laid(part.method, part.given_minor or 0, part.given_minor or 0) for part in fixed}
    for part in parts:
        if part.method == Method.CASH and part.given_minor is not None:
            if part.given_minor > MAX_MINOR:
                raise OverPaid(_("%(amount)s in cash cannot be meant.") % {"amount": as_text(part.given_minor)})
            paid = min(part.given_minor, left)
            laid[part] = _something(part, Laid(part.method, paid, part.given_minor, part.given_minor - paid))
            left -= paid
    for part in parts:
        if part.given_minor is None:
            laid[part] = _something(part, Laid(part.method, left, left))
            left = 0
    return [laid[part] for part in parts]


def _something(part: Part, laid: Laid) -> Laid:
    if laid.amount_minor == 0:
        raise OverPaid(
            _("Nothing is left to be paid by %(method)s: the other part covers it all.") % {"method": part.method.label}
        )
    return laid


def still_owed(*, due_minor: int, laid: Sequence[Laid]) -> int:
    """Return what stays open after the payment."""
    return due_minor - sum(part.amount_minor for part in laid)

"""Line totals and discounts. Amounts are whole fen; a share is rounded half up to the fen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incisor.kernel.errors import Refused
from incisor.kernel.money import MAX_MINOR, NotAnAmount, as_text, share, to_minor

WHOLE = 10_000  # basis points of the whole price
MOST_OF_ONE = 999


class DiscountWrong(Refused):
    """The discount is none, or takes off more than the price."""

    code = "discount_wrong"
    status = 422


class QuantityWrong(Refused):
    """A quantity that cannot be charged."""

    code = "quantity_wrong"
    status = 422


class AmountTooLarge(Refused):
    """More than a receipt has room for."""

    code = "amount_too_large"
    status = 422


@dataclass(frozen=True)
class Discount:
    """What is taken off: an amount in fen, or a share of the price in basis points (hundredths of a percent)."""

    amount_minor: int = 0
    basis_points: int = 0


_PERCENT = re.compile(r"^(\d{1,3})(?:\.(\d{1,2}))?%$")
_TENTHS = re.compile(r"^(\d{1,2})(?:\.(\d))?折$")  # 8.5折: pay 85 %
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．。％", "0123456789..%")


def parse_discount(text: str) -> Discount:
    """Return the discount of what was typed: "10%", "8.5折" (pay 85 %), or an amount like "50" in yuan.

    Empty or 0 takes a discount back. Raises DiscountWrong.
    """
    cleaned = text.strip().translate(_FULL_WIDTH).replace(" ", "")
    if not cleaned:
        return Discount()
    percent = _PERCENT.match(cleaned)
    if percent:
        points = int(percent[1]) * 100 + int((percent[2] or "0").ljust(2, "0"))
        return Discount(basis_points=_within_the_whole(points, text))
    tenths = _TENTHS.match(cleaned)
    if tenths:
        paid = int(tenths[1]) * 1000 + int(tenths[2] or 0) * 100
        if 10 < int(tenths[1]) < 100:  # 85折 is said for 8.5折
            paid = int(tenths[1]) * 100 + int(tenths[2] or 0) * 10
        return Discount(basis_points=WHOLE - _within_the_whole(paid, text))
    try:
        amount = to_minor(cleaned)
    except NotAnAmount as wrong:
        raise DiscountWrong(
            _("“%(text)s” is no discount. Write an amount like 50, or a share like 10%%.") % {"text": text}
        ) from wrong
    if amount < 0:
        raise DiscountWrong(_("A discount cannot be negative. To charge more, add an item."))
    return Discount(amount_minor=amount)


def _within_the_whole(points: int, text: str) -> int:
    if points > WHOLE:
        raise DiscountWrong(_("“%(text)s” is more than the whole price.") % {"text": text})
    return points


def line_price(*, unit_minor: int, quantity: int) -> int:
    """Return what a line costs before its discount. Raises QuantityWrong, AmountTooLarge."""
    if not 1 <= quantity <= MOST_OF_ONE:
        raise QuantityWrong(_("The quantity must be 1 to %(most)s.") % {"most": MOST_OF_ONE})
    price = unit_minor * quantity
    if price > MAX_MINOR:
        raise AmountTooLarge(_("%(amount)s is more than one receipt can hold.") % {"amount": as_text(price)})
    return price


def discount_of(*, price_minor: int, discount: Discount) -> int:
    """Return what the discount takes off that price: never more than the price. Raises DiscountWrong."""
    taken = discount.amount_minor + share(price_minor, basis_points=discount.basis_points)
    if taken > price_minor:
        raise DiscountWrong(
            _("The discount of %(discount)s is more than the price of %(price)s.")
            % {"discount": as_text(taken), "price": as_text(price_minor)}
        )
    return taken


def spread(*, total_minor: int, over: Sequence[int]) -> list[int]:
    """Return the total cut into parts in proportion to the prices: exact to the fen, no part above its price.

    The fen left over by rounding go to the largest remainders, the first one in a tie. Raises DiscountWrong.
    """
    whole = sum(over)
    if not 0 <= total_minor <= whole:
        raise DiscountWrong(
            _("The discount of %(discount)s is more than the price of %(price)s.")
            % {"discount": as_text(total_minor), "price": as_text(whole)}
        )
    if whole == 0:
        return [0 for _price in over]
    parts = [total_minor * price // whole for price in over]
    left = total_minor - sum(parts)
    by_remainder = sorted(range(len(over)), key=lambda i: (-(total_minor * over[i] % whole), i))
    for i in by_remainder[:left]:
        parts[i] += 1
    return parts

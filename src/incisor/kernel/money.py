"""Money: whole fen (the smallest coin) and a currency, never a float."""

import re
from decimal import Decimal

from incisor.kernel.errors import Refused

SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "HKD": "HK$"}
MAX_MINOR = 99_999_999_99  # 99,999,999.99: what a receipt has room for


class NotAnAmount(Refused):
    """What was typed is not an amount of money."""

    code = "not_an_amount"
    status = 422


_AMOUNT = re.compile(r"^(-?)(\d{1,9})(?:\.(\d{1,2}))?$")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．。，－", "0123456789..,-")


def to_minor(text: str) -> int:
    """Return the fen of an amount as people type it: "1,234.5", "¥80", "８０。５". Raises NotAnAmount."""
    cleaned = text.strip().translate(_FULL_WIDTH).replace(",", "").lstrip("¥￥$€").removesuffix("元").strip()
    match = _AMOUNT.match(cleaned)
    if not match:
        from django.utils.translation import gettext as _  # noqa: PLC0415 -- only for the message

        raise NotAnAmount(_("“%(text)s” is not an amount. Write it like 120 or 120.50.") % {"text": text})
    sign, whole, cents = match.groups()
    minor = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
    return -minor if sign else minor


def as_text(minor: int, currency: str = "CNY") -> str:
    """Return the amount for people: "¥1,234.50", "-¥8.00"."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"


def plain(minor: int) -> str:
    """Return the amount for a field or a file: "1234.50"."""
    return str((Decimal(minor) / 100).quantize(Decimal("0.01")))


def share(minor: int, *, basis_points: int) -> int:
    """Return that share of an amount, rounded half up to the fen. basis_points: hundredths of a percent."""
    product = minor * basis_points
    return (abs(product) + 5000) // 10000 * (1 if product >= 0 else -1)

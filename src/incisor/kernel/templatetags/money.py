"""Template tags for money."""

from django import template

from incisor.kernel.money import as_text
from incisor.kernel.money import plain as as_plain

register = template.Library()


@register.filter
def money(minor: int | None, currency: str = "CNY") -> str:
    """Say an amount of fen for reading; empty for none."""
    return "" if minor is None else as_text(minor, currency)


@register.filter
def plain_money(minor: int | None) -> str:
    """Say an amount of fen for a field."""
    return "" if minor is None else as_plain(minor)

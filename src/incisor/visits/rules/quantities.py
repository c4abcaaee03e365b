"""How often a procedure counts."""

from collections.abc import Collection


def charged_quantity(*, quantity: int, teeth: Collection[int], is_per_tooth: bool) -> int:
    """Return how often a procedure is charged: for each tooth where the price is one of a tooth."""
    return max(quantity, len(teeth)) if is_per_tooth else quantity

"""Teeth by the universal numbering of North America, put into FDI: 1 to 32 and A to T, counted around the mouth."""

_QUADRANTS = (range(18, 10, -1), range(21, 29), range(38, 30, -1), range(41, 49))
_MILK = (range(55, 50, -1), range(61, 66), range(75, 70, -1), range(81, 86))
_FDI: dict[str, int] = {
    **{str(number): tooth for number, tooth in enumerate((t for row in _QUADRANTS for t in row), start=1)},
    **{chr(ord("A") + number): tooth for number, tooth in enumerate(t for row in _MILK for t in row)},
}


def fdi_of(sign: str) -> int | None:
    """Return the FDI number of a universal one, None for any other sign: a tooth beyond the usual number has none."""
    return _FDI.get(sign.strip().upper())


def fdi_text(text: str) -> str:
    """Return a list of universal signs as FDI numbers; what is none keeps a mark by which it is refused."""
    signs = [sign for sign in text.replace(",", " ").replace(";", " ").split() if sign != "0"]
    return " ".join(str(fdi_of(sign) or f"U{sign}") for sign in signs)

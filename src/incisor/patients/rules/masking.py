"""What is shown until somebody asks for the whole (PAT-9)."""

import re

from incisor.patients.rules.names import HAN

STAR = "*"


def mask_name(name: str) -> str:
    """Return the name for a public screen: 张*三, 张*, 欧**雪 for four characters, A*** S***** for Latin ones."""
    text = name.strip()
    if not text:
        return ""
    if HAN.search(text):
        if len(text) == 2:
            return text[0] + STAR
        return text[0] + STAR * (len(text) - 2) + text[-1] if len(text) > 2 else STAR
    return " ".join(word[0] + STAR * 3 for word in text.split())


def mask_phone(phone: str) -> str:
    """Return the number with its middle covered: 138****1111."""
    if not phone:
        return ""
    if re.fullmatch(r"1\d{10}", phone):
        return phone[:3] + STAR * 4 + phone[-4:]
    shown = min(4, len(phone) // 3)
    return phone[: min(3, shown)] + STAR * 4 + (phone[-shown:] if shown else "")


def mask_id(number: str) -> str:
    """Return the number with only its first three and last four places: 110***********0021."""
    if len(number) <= 7:
        return number[:1] + STAR * max(0, len(number) - 1)
    return number[:3] + STAR * (len(number) - 7) + number[-4:]


def mask_email(email: str) -> str:
    """Return the address with its name covered: p***@example.org."""
    name, at, place = email.partition("@")
    return f"{name[:1]}{STAR * 3}{at}{place}" if email else ""


def mask_address(address: str) -> str:
    """Return the beginning of an address, which says the district only."""
    return address[:6] + STAR * 4 if address else ""

"""Chinese identity cards.

Source: GB 11643-1999, 公民身份号码: 6 digits region, 8 birth date, 3 order (odd: male), 1 check by ISO 7064 MOD 11-2.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


@dataclass(frozen=True)
class IdCard:
    """What an identity number says. number: 18 places, X in upper case."""

    number: str
    born_on: date
    sex: str


def clean_id(text: str) -> str:
    """Return the number without spaces and dashes, in upper case and half-width."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def id_card(text: str) -> IdCard | None:
    """Return what the number of a Chinese identity card says, None if it is not one (length, date or check digit)."""
    number = clean_id(text)
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number) or not number.isascii():
        return None
    check = CHECKS[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11]
    if number[17] != check:
        return None
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return IdCard(number=number, born_on=born_on, sex="male" if int(number[16]) % 2 else "female")

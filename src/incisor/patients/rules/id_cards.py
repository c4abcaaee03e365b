"""Numbers of Chinese identity cards and of the papers that stand in for them.

Sources: GB 11643-1999, 公民身份号码: 6 digits region, 8 birth date, 3 order (odd: male), 1 check by ISO 7064 MOD 11-2; before
1999 15 digits: the year with two digits, no check. Residence permits of people from Hong Kong, Macau and Taiwan (since 2018,
regions 81, 82, 83) and of foreigners (since 2023, first digit 9) are built alike. Permits: 港澳居民来往内地通行证, H or M and 8
digits (10 on old ones); 台湾居民来往大陆通行证, 8 digits (10 on old ones). Passports: 5 to 9 letters and digits.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CENTURY_OF_OLD_CARDS = "19"
ID_CARD, OLD_ID_CARD, RESIDENCE = "id_card", "old_id_card", "residence"
HK_MACAU, TAIWAN, PASSPORT, OTHER = "hk_macau", "taiwan", "passport", "other"
_PAPERS = (
    (HK_MACAU, re.compile(r"[HM](\d{8}|\d{10})")),
    (TAIWAN, re.compile(r"\d{8}|\d{10}[A-Z]?")),
    (RESIDENCE, re.compile(r"[A-Z]{3}\d{12}")),  # foreigners' permanent residence, before 2023
    (PASSPORT, re.compile(r"(?=.*\d)[A-Z0-9]{5,9}")),
)


@dataclass(frozen=True)
class IdCard:
    """What an identity number says. number: as on the card, X in upper case; full: the 18 places by which it is compared."""

    number: str
    full: str
    kind: str
    born_on: date
    sex: str


def clean_id(text: str) -> str:
    """Return the number without spaces and dashes, in upper case and half-width."""
    flat = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", flat))  # signs that stood apart may have met


def id_card(text: str) -> IdCard | None:
    """Return what the number of a Chinese identity card says, None if it is not one (length, date or check digit)."""
    number = clean_id(text)
    if not number.isascii():
        return None
    if re.fullmatch(r"[1-9]\d{14}", number):
        body = number[:6] + CENTURY_OF_OLD_CARDS + number[6:]
        return _card(number, body + _check_of(body), OLD_ID_CARD)
    if re.fullmatch(r"[1-9]\d{16}[\dX]", number) and number[17] == _check_of(number[:17]):
        is_residence = number[0] == "9" or number[:2] in ("81", "82", "83")
        return _card(number, number, RESIDENCE if is_residence else ID_CARD)
    return None


def _card(number: str, full: str, kind: str) -> IdCard | None:
    try:
        born_on = date(int(full[6:10]), int(full[10:12]), int(full[12:14]))
    except ValueError:
        return None
    return IdCard(number=number, full=full, kind=kind, born_on=born_on, sex="male" if int(full[16]) % 2 else "female")


def _check_of(body: str) -> str:
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def id_key(text: str) -> str:
    """Return the number as it is compared: an old card as the new one that replaced it."""
    card = id_card(text)
    return card.full if card else clean_id(text)


def looks_like_card(text: str) -> bool:
    """Tell whether somebody meant an identity card: 14 digits or more, whether or not they are right."""
    return bool(re.fullmatch(r"\d{14,19}X?", clean_id(text)))


def paper_kind(text: str) -> str:
    """Return which paper the number is most likely of, empty for no number."""
    number = clean_id(text)
    card = id_card(number)
    if card is not None:
        return card.kind
    if not number:
        return ""
    return next((kind for kind, shape in _PAPERS if shape.fullmatch(number)), OTHER)

"""What somebody typed into the one search: which part is a name, which are digits, and what the digits can be."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from incisor.patients.rules.id_cards import clean_id, id_card
from incisor.patients.rules.names import HAN, clean_name
from incisor.patients.rules.phones import clean_phone

LENGTH = 80
_DIGITS = re.compile(r"\+?\d[\d\s\-()]*[\dXx]|\d+")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """text: all of it, cleaned. name: its part without digits. digits: its digits. number: letters, digits of a file number."""

    text: str
    name: str
    digits: str
    number: str

    @property
    def has_han(self) -> bool:
        return bool(HAN.search(self.name))

    @property
    def letters(self) -> str:
        """The Latin letters in lower case, without spaces and apostrophes; empty when there are Chinese characters."""
        return "" if self.has_han else re.sub(r"[^a-z]", "", self.name.lower().replace("ü", "v"))

    @property
    def phone(self) -> str:
        """The digits as a whole phone number, empty when they are none."""
        return clean_phone(self.digits) if len(self.digits) >= 7 else ""

    @property
    def last_four(self) -> str:
        return self.digits if len(self.digits) == 4 else ""

    @property
    def born_on(self) -> date | None:
        """The digits as a birth date, 19900517; None when they are none."""
        if not re.fullmatch(r"(19|20)\d{6}", self.digits):
            return None
        try:
            return date(int(self.digits[:4]), int(self.digits[4:6]), int(self.digits[6:]))
        except ValueError:
            return None

    @property
    def id_number(self) -> str:
        card = id_card(self.text)
        return card.number if card else ""

    @property
    def paper(self) -> str:
        """The text as the number of a passport or permit: letters first, then digits; empty when it is none."""
        number = clean_id(self.text)
        return number if re.fullmatch(r"[A-Z]{1,3}\d{6,12}", number) else ""

    @property
    def phone_as_typed(self) -> str:
        """What goes into the phone field of a new file: the whole number, or the digits so far."""
        return self.phone or self.digits


def typed(text: str) -> Typed:
    """Return the parts of what was typed. Takes full-width digits and apostrophes of an input method."""
    flat = unicodedata.normalize("NFKC", text).replace("\u2019", "'").strip()[:LENGTH]
    compact = re.sub(r"[\s\-_/.']", "", flat).lower()
    number = compact if re.fullmatch(r"(?=.*\d)[a-z0-9]{1,20}", compact) else ""
    found = _DIGITS.search(flat)
    digits = "".join(re.findall(r"\d", found[0])) if found else ""
    name = flat[: found.start()] + " " + flat[found.end() :] if found else flat
    name = clean_name(re.sub(r"[\d+()（）,，;；:：#*'\"]", " ", name))
    return Typed(text=flat, name=name, digits=digits, number=number)

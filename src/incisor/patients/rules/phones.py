"""Phone numbers: one form for what people write in many."""

import re
import unicodedata

import phonenumbers

DEFAULT_REGION = "CN"
_NOT_DIGITS = re.compile(r"[^\d+]")
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")  # most numbers by far: known without asking the library
# 公用电信网编号计划: mobiles 13 to 19; area codes 10, 2x, 3xx to 9xx before landlines that begin with 2 to 8.
_CHINESE = re.compile(r"1[3-9]\d{9}|[48]00\d{7}|[2-8]\d{6,7}|(10|2\d)[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7}")


def clean_phone(text: str, *, region: str = DEFAULT_REGION) -> str:
    """Return the number as it is kept: "13800001111" for one of the region, "+4930123456" for others; empty if it is none.

    Takes full-width digits, spaces, dashes, brackets, "+86", "0086"; an extension after "转" or "x" is dropped. Numbers
    that cannot be dialled are none: too short, too long, a mobile that begins with 12, the emergency call.
    """
    if region == "CN" and _CHINESE_MOBILE.fullmatch(text):
        return text
    flat = unicodedata.normalize("NFKC", text).strip()
    flat = re.split(r"(?i)转|ext\.?|x|分机|/|、|,|;|；", flat)[0]
    flat = _NOT_DIGITS.sub("", re.sub(r"^\s*00(?=[1-9])", "+", flat))
    if not 7 <= len(flat.lstrip("+")) <= 16 or "+" in flat[1:]:
        return ""
    try:
        number = phonenumbers.parse(flat, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    if number.country_code != phonenumbers.country_code_for_region(region):
        return _of_another_country(number)
    national = str(phonenumbers.national_significant_number(number))
    if not national.strip("0") or len(flat.lstrip("+")) - len(national) > 3:
        return (
            ""  # the library drops what it takes for a carrier's prefix: then it is another number than the one typed
        )
    if region == "CN":
        if not _CHINESE.fullmatch(national) or len(set(national)) == 1:
            return ""
        is_mobile = len(national) == 11 and national[0] == "1"
        return national if is_mobile or national.startswith(("400", "800")) or len(national) < 9 else f"0{national}"
    return national


def _of_another_country(number: phonenumbers.PhoneNumber) -> str:
    """Return a number with its country; one of a country that does not exist, or all of one digit, is none."""
    national = str(phonenumbers.national_significant_number(number))
    if len(set(national)) == 1 or phonenumbers.region_code_for_country_code(number.country_code or 0) == "ZZ":
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def phone_key(text: str) -> str:
    """Return the number as it is compared: digits only, without the country code of the region; empty if it is none."""
    return clean_phone(text).lstrip("+")


def phone_country(phone: str) -> str:
    """Return the two letters of the country of a kept number, empty for one of this country."""
    if not phone.startswith("+"):
        return ""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or ""


def last_four(text: str) -> str:
    """Return the last four digits, empty when there are fewer."""
    digits = re.sub(r"\D", "", text)
    return digits[-4:] if len(digits) >= 4 else ""


def shown_phone(phone: str) -> str:
    """Return a kept number in groups as it is read aloud: 138 0000 1111, +49 30 123456."""
    if re.fullmatch(r"1\d{10}", phone):
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    if phone.startswith("+"):
        try:
            number = phonenumbers.parse(phone, None)
        except phonenumbers.NumberParseException:
            return phone
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    return phone

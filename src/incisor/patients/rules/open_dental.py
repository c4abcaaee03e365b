"""Codes in the tables of Open Dental, in the words of our own imports. Plain values.

Source: Open Dental, Database Documentation (tables patient, appointment, procedurelog); enumerations are counted from 0.
"""

import re
from decimal import Decimal, InvalidOperation

from incisor.patients.rules.names import HAN

MINUTES_OF_A_SIGN = 5  # appointment.Pattern: one sign is five minutes, X the provider's own time, / the assistant's
NO_DAY = ("0001-01-01", "0000-00-00")
SEXES = {"0": "male", "1": "female", "2": "unknown", "3": "unknown"}
PATIENT_STATES = {"4": "deleted"}
# 1 Scheduled, 2 Complete, 3 UnschedList, 4 ASAP (still scheduled), 5 Broken, 6 Planned, 7 and 8 notes without a time
APPOINTMENT_STATES = {
    "1": "confirmed", "2": "completed", "3": "unscheduled", "4": "confirmed", "5": "no_show", "6": "unscheduled",
    "7": "unscheduled", "8": "unscheduled",
}  # fmt: skip
# 1 planned, 2 complete, 3 existing here, 4 existing elsewhere, 5 referred, 6 deleted, 7 condition, 8 planned inactive
PROCEDURE_STATES = {"2": "done", "3": "done"}


def whole_name(parts: list[str]) -> str:
    """Return one name of family and given name: 王小明, John Smith."""
    last, first = (*(part.strip() for part in parts), "", "")[:2]
    return f"{last}{first}" if HAN.search(last + first) else f"{first} {last}".strip()


def first_of(parts: list[str]) -> str:
    """Return the first cell that says something."""
    return next((part.strip() for part in parts if part.strip()), "")


def listed(parts: list[str]) -> str:
    """Return what the cells say, with commas."""
    return ", ".join(part.strip() for part in parts if part.strip())


def sex(code: str) -> str:
    return SEXES.get(code.strip(), code)


def day(text: str) -> str:
    """Return a day or moment without what Open Dental writes for “never”."""
    return "" if text.strip().startswith(NO_DAY) else text


def phone(text: str) -> str:
    """Return a number with its country: ten digits are of North America, for which the program is made."""
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+") or digits.startswith("00"):
        return text
    if len(digits) == 10 and digits[0] not in "01":
        return f"+1{digits}"
    return text


def patient_state(code: str) -> str:
    return PATIENT_STATES.get(code.strip(), "")


def appointment_state(code: str) -> str:
    return APPOINTMENT_STATES.get(code.strip(), code)


def procedure_state(code: str) -> str:
    return PROCEDURE_STATES.get(code.strip(), "other")


def amount(text: str) -> str:
    """Return an amount with two places, as it is: 120.5 is 120.50; what is none stays for the check to name."""
    try:
        return str(Decimal(text.strip() or "0").quantize(Decimal("0.01")))
    except InvalidOperation:
        return text


def number_of_list(text: str) -> str:
    """Return the number of a line of another table, marked as such; 0 means none."""
    return "" if text.strip() in ("", "0") else f"#{text.strip()}"


def code_or_number(parts: list[str]) -> str:
    """Return a treatment's code when the table brings it, else its number in the list of codes."""
    code, number = (*(part.strip() for part in parts), "", "")[:2]
    return code or number


def code_or_number_alone(text: str) -> str:
    """Mark what is only a number as one of the list of codes."""
    return number_of_list(text) if text.strip().isdigit() else text


def minutes_of(pattern: str) -> int | None:
    """Return the length of a time pattern, None when it is none."""
    signs = pattern.strip().upper()
    return len(signs) * MINUTES_OF_A_SIGN if re.fullmatch(r"[X/]+", signs) else None


def busy_of(pattern: str) -> list[tuple[int, int]]:
    """Return the minutes, counted from the start, in which the dentist's own hands are needed: "//XXX/" is 10 to 25."""
    return [
        (found.start() * MINUTES_OF_A_SIGN, found.end() * MINUTES_OF_A_SIGN)
        for found in re.finditer(r"X+", pattern.strip().upper())
    ]

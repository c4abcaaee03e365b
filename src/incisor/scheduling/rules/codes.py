"""The code of an appointment's confirmation: digits only, so that a scanner types it past every input method."""

import re
import uuid

# A UUID has at most 39 decimal digits; two check digits follow (ISO 7064, MOD 97-10).
LENGTH = 41
CODE = re.compile(r"\d{41}")


def code_of(appointment_id: uuid.UUID) -> str:
    """Return what stands in the QR of the confirmation."""
    body = f"{appointment_id.int:039d}"
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def appointment_of_code(text: str) -> uuid.UUID | None:
    """Return the id that a scanned text means, None when it is no such code or was read wrongly."""
    code = text.strip()
    if not CODE.fullmatch(code) or int(code) % 97 != 1:
        return None
    number = int(code[:-2])
    return uuid.UUID(int=number) if number < 1 << 128 else None

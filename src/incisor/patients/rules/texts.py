"""Values of a file as its history keeps them."""

import json
from datetime import date
from typing import Any


def as_text(value: Any) -> str:
    """Return a value as the history keeps it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)

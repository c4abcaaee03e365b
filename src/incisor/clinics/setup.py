"""What an installation starts with: the shipped procedures and public holidays. Run before anybody could be asked."""

import json
from functools import cache
from importlib import resources
from typing import Any

from incisor.clinics.models import Holiday, Procedure


@cache
def shipped(name: str) -> list[dict[str, Any]]:
    """Return the content of a data file of this app."""
    text = resources.files("incisor.clinics.data").joinpath(f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)


def load_procedures() -> int:
    """Write the shipped procedures whose code is not there yet; returns how many."""
    have = set(Procedure.objects.values_list("code", flat=True))
    fresh = [
        Procedure(
            code=one["code"],
            name_zh=one["name_zh"],
            name_en=one["name_en"],
            short_zh=one["short_zh"],
            duration_minutes=one["duration_minutes"],
            buffer_after_minutes=one["buffer_after_minutes"],
            specialty=one["specialty"],
            chair_needs=one["chair_needs"],
            follow_up_key=one["follow_up_key"],
            aftercare_key=one["aftercare_key"],
            is_per_tooth=one["per_tooth"],
            is_high_risk=one["high_risk"],
        )
        for one in shipped("procedures")
        if one["code"] not in have
    ]
    Procedure.objects.bulk_create(fresh)
    return len(fresh)


def load_holidays() -> int:
    """Write the shipped holidays and make-up workdays of days that are not there yet; returns how many."""
    have = {day.isoformat() for day in Holiday.objects.values_list("day", flat=True)}
    fresh = [Holiday(**one) for one in shipped("holidays") if one["day"] not in have]
    Holiday.objects.bulk_create(fresh)
    return len(fresh)

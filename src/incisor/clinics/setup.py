"""The data that is shipped: procedures and public holidays. Merged into what is there, never over it."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from incisor.clinics.models import Holiday, Procedure


@dataclass(frozen=True)
class Loaded:
    """What a load did: how many were added, how many were there already and stayed as they are."""

    added: int
    kept: int


@cache
def shipped(name: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of a shipped file: "procedures" or "holidays"."""
    return tuple(json.loads(files("incisor.clinics").joinpath(f"data/{name}.json").read_text(encoding="utf-8")))


def load_procedures() -> Loaded:
    """Add the shipped procedures whose code is not there yet. Prices in the same file are loaded by billing."""
    known = set(Procedure.objects.values_list("code", flat=True))
    rows = shipped("procedures")
    missing = [row for row in rows if row["code"] not in known]
    Procedure.objects.bulk_create(
        Procedure(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            short_zh=row["short_zh"],
            duration_minutes=row["duration_minutes"],
            buffer_after_minutes=row["buffer_after_minutes"],
            buffer_before_minutes=row.get("buffer_before_minutes", 0),
            busy=row.get("busy", []),
            equipment_needs=row.get("equipment_needs", []),
            specialty=row["specialty"],
            chair_needs=row["chair_needs"],
            follow_up_key=row["follow_up_key"],
            aftercare_key=row["aftercare_key"],
            letter=row["letter"],
            is_per_tooth=row["per_tooth"],
            is_high_risk=row["high_risk"],
        )
        for row in missing
    )
    return Loaded(added=len(missing), kept=len(rows) - len(missing))


def load_holidays(*, year: int | None = None) -> Loaded:
    """Add the shipped public holidays and make-up workdays that are not there yet, of one year or of all."""
    rows = [row for row in shipped("holidays") if year is None or row["day"].startswith(f"{year}-")]
    known = {day.isoformat() for day in Holiday.objects.values_list("day", flat=True)}
    missing = [row for row in rows if row["day"] not in known]
    Holiday.objects.bulk_create(Holiday(**row) for row in missing)
    return Loaded(added=len(missing), kept=len(rows) - len(missing))


def shipped_years() -> list[int]:
    """Return the years for which the shipped list knows the holidays."""
    return sorted({int(row["day"][:4]) for row in shipped("holidays")})


def shipped_source(year: int) -> str:
    """Return the official notice that the shipped list of a year was taken from, "" when there is none."""
    return next((row["source"] for row in shipped("holidays") if row["day"].startswith(f"{year}-")), "")

"""The lists from which allergies and illnesses are chosen (PAT-2)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class HealthItem:
    """One entry of a list. is_serious: a severe allergy, or an illness to be told before surgery."""

    key: str
    name_zh: str
    name_en: str
    hint_zh: str
    hint_en: str
    is_serious: bool

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en

    def hint(self, language: str) -> str:
        return self.hint_zh if language.startswith("zh") else self.hint_en


def _read(name: str, serious: str, value: object) -> dict[str, HealthItem]:
    rows = json.loads((DATA / name).read_text(encoding="utf-8"))
    return {
        row["key"]: HealthItem(
            key=row["key"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            hint_zh=row.get("hint_zh", ""),
            hint_en=row.get("hint_en", ""),
            is_serious=row.get(serious) == value,
        )
        for row in rows
    }


@lru_cache(maxsize=1)
def health_items() -> dict[str, dict[str, HealthItem]]:
    """Return the lists by kind of alert: allergy, condition."""
    return {
        "allergy": _read("allergies.json", "severity", "severe"),
        "condition": _read("conditions.json", "caution_before_surgery", True),
    }


def health_label(*, kind: str, code: str, language: str) -> str:
    """Return the name of an entry in a language, empty when it is not from the list."""
    item = health_items().get(kind, {}).get(code) if code else None
    return item.name(language) if item else ""


def health_code(*, kind: str, text: str) -> str:
    """Return the key of the entry that the text names, in either language; empty when there is none."""
    wanted = text.strip().casefold().removesuffix("过敏").removesuffix("类")
    for item in health_items().get(kind, {}).values():
        names = {item.key, item.name_zh, item.name_zh.removesuffix("类"), item.name_en.casefold()}
        if wanted and wanted in names:
            return item.key
    return ""

"""Single cells of imported tables: dates and words as people write them in lists."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

EXCEL_EPOCH = date(1899, 12, 30)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
SEXES = {
    "male": ("男", "男性", "m", "male", "先生", "1"),
    "female": ("女", "女性", "f", "female", "女士", "小姐", "2", "0"),
    "unknown": ("未知", "不详", "unknown", "未说明", "9"),
}


def date_of(text: str) -> date | None:
    """Return the date that a cell means: 1990-05-17, 1990/5/17, 1990年5月17日, 19900517, Excel's day number; None if none."""
    flat = unicodedata.normalize("NFKC", text).strip()
    match = _DATE.fullmatch(flat) or re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})", flat)
    if match:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
    if re.fullmatch(r"\d{4,5}(\.0+)?", flat) and 1000 < float(flat) < 60_000:
        return EXCEL_EPOCH + timedelta(days=int(float(flat)))
    return None


def sex_of(text: str) -> str | None:
    """Return female, male or unknown; None for another word."""
    flat = unicodedata.normalize("NFKC", text).strip().casefold()
    if not flat:
        return "unknown"
    return next((sex for sex, words in SEXES.items() if flat in words), None)


def choice_of(text: str, choices: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the choice whose value or words the cell says; None for another word. choices: value → words."""
    flat = unicodedata.normalize("NFKC", text).strip().casefold()
    for value, words in choices.items():
        if flat == value or flat in {word.casefold() for word in words}:
            return value
    return None


def words_of(text: str) -> list[str]:
    """Return the parts of a cell that lists several things: commas, semicolons, 、 or slashes between."""
    parts = re.split(r"[,，;；、/\n|]+", text)
    return [part.strip() for part in parts if part.strip()]


NOTHING = frozenset({"无", "没有", "否", "none", "no", "-", "—", "/", "n/a", "无过敏", "无过敏史"})


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is nothing: 无, none, -."""
    return unicodedata.normalize("NFKC", text).strip().casefold() in NOTHING


def is_formula(text: str) -> bool:
    """Tell whether the text is a formula instead of a value."""
    return bool(re.match(r"[=@]\s*[A-Za-z_(]|^#(REF|N/A|VALUE|NAME|DIV)", text))

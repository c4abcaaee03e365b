"""What the desk should see to at the moment somebody comes: one rule over plain facts."""

from dataclasses import dataclass, field

ALERT, WARNING, INFO = "alert", "warning", "info"
ORDER = (ALERT, WARNING, INFO)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known when somebody comes. owed_minor: debts. forms: those to sign. warnings: words of the desk."""

    has_phone: bool = True
    has_birth_date: bool = True
    has_sex: bool = True
    has_background: bool = True
    is_minor_alone: bool = False
    forms_count: int = 0
    owed_minor: int = 0
    deposit_is_open: bool = False
    is_unconfirmed: bool = False
    care_count: int = 0
    care_is_grave: bool = False
    is_vip: bool = False
    needs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = field(default=())  # level and text, of other apps


@dataclass(frozen=True, kw_only=True)
class Point:
    """Something to see to. key: what; count, amount_minor, words: what the sentence is made with."""

    key: str
    level: str
    count: int = 0
    amount_minor: int = 0
    words: tuple[str, ...] = ()


def points_of(facts: Facts) -> list[Point]:
    """Return what to see to, the gravest first: safety, then papers and money, then how to be good to this person."""
    missing = tuple(
        key
        for key, is_there in (
            ("phone", facts.has_phone),
            ("birth_date", facts.has_birth_date),
            ("sex", facts.has_sex),
        )
        if not is_there
    )
    rows = [
        (facts.care_count, Point(key="care", level=ALERT if facts.care_is_grave else WARNING, count=facts.care_count)),
        (facts.warnings, Point(key="warning", level=WARNING, words=facts.warnings)),
        (not facts.has_background, Point(key="background", level=WARNING)),
        (facts.is_minor_alone, Point(key="guardian", level=WARNING)),
        (missing, Point(key="missing", level=WARNING, words=missing)),
        (facts.forms_count, Point(key="forms", level=WARNING, count=facts.forms_count)),
        (facts.owed_minor > 0, Point(key="debt", level=WARNING, amount_minor=facts.owed_minor)),
        (facts.deposit_is_open, Point(key="deposit", level=WARNING)),
        (facts.is_unconfirmed, Point(key="unconfirmed", level=INFO)),
        (facts.needs, Point(key="needs", level=INFO, words=facts.needs)),
        (facts.is_vip, Point(key="vip", level=INFO)),
    ]
    found = [point for holds, point in rows if holds]
    found += [Point(key="other", level=level, words=(text,)) for level, text in facts.others]
    return sorted(found, key=lambda point: ORDER.index(point.level))


def is_pressing(level: str) -> bool:
    """Tell whether somebody has to do something about a point of the level, beyond knowing it."""
    return level != INFO

"""The record as people read it: searched, newest first, page by page."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import get_current_timezone

from incisor.audit import hooks
from incisor.audit.models import ORGANISATION_CHAIN, Entry
from incisor.kernel.fields import as_uuid
from incisor.kernel.money import as_text

PAGE = 50
PORTION = 1000


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for in a chain. None and empty mean: whatever. kind: "look" or "change"."""

    since: datetime | None = None
    until: datetime | None = None
    user_ids: tuple[uuid.UUID, ...] | None = None
    patient_ids: tuple[uuid.UUID, ...] | None = None
    what: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Change:
    """One field of an entry, before and after, as texts."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """An entry in words."""

    entry: Entry
    what: str
    subject: str
    patient: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Page:
    """A page of the record. before: the place from which the next, older page goes on, empty when there is none."""

    lines: list[Line]
    before: str


def _found(chain: uuid.UUID, search: Search) -> QuerySet[Entry]:
    found = Entry.objects.filter(chain=chain)
    if search.since is not None:
        found = found.filter(at__gte=search.since)
    if search.until is not None:
        found = found.filter(at__lt=search.until)
    if search.user_ids is not None:
        found = found.filter(user_id__in=search.user_ids)
    if search.patient_ids is not None:
        found = found.filter(patient_id__in=search.patient_ids)
    if search.what:
        found = found.filter(what=search.what)
    if search.kind:
        found = found.filter(is_look=search.kind == "look")
    return found.order_by("-at", "-number")


def newest_page(chain: uuid.UUID, search: Search, *, before: str = "", size: int = PAGE) -> Page:
    """Return the page of entries that follow the place `before` into the past, from the newest on when it is empty."""
    found = _found(chain, search)
    place = _place(before)
    if place is not None:
        at, number = place
        found = found.filter(Q(at__lt=at) | Q(at=at, number__lt=number))
    entries = list(found[: size + 1])
    last = entries[size - 1] if len(entries) > size else None
    return Page(lines(chain, entries[:size]), f"{last.at.isoformat()}_{last.number}" if last else "")


def _place(text: str) -> tuple[datetime, int] | None:
    at, _, number = text.partition("_")
    try:
        return datetime.fromisoformat(at.replace(" ", "+")), int(number)
    except ValueError:
        return None


def all_lines(chain: uuid.UUID, search: Search, *, limit: int) -> Iterator[Line]:
    """Yield the newest `limit` entries found, in portions."""
    before, left = "", limit
    while left > 0:
        page = newest_page(chain, search, before=before, size=min(PORTION, left))
        yield from page.lines
        left -= len(page.lines)
        before = page.before
        if not before:
            return


def lines(chain: uuid.UUID, entries: list[Entry]) -> list[Line]:
    """Return entries in words; one query for each kind of row that they are about."""
    clinic_id = None if chain == ORGANISATION_CHAIN else chain
    details = [_sides(entry.detail) for entry in entries]
    by_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
    for entry, sides in zip(entries, details, strict=True):
        if entry.subject_id is not None:
            by_kind[entry.subject_kind].add(entry.subject_id)
        if entry.patient_id is not None:
            by_kind[hooks.PATIENT].add(entry.patient_id)
        for side in sides:
            for field, value in side.items():
                key = as_uuid(value) if field in hooks.value_kinds else None
                if key is not None:
                    by_kind[hooks.value_kinds[field]].add(key)
    known = {kind: hooks.names_of(kind, clinic_id, ids) for kind, ids in by_kind.items()}
    patients = known.get(hooks.PATIENT, {})
    return [
        Line(
            entry,
            hooks.label_of(entry.what),
            "" if entry.subject_id is None else known[entry.subject_kind].get(entry.subject_id, ""),
            "" if entry.patient_id is None else patients.get(entry.patient_id, ""),
            _changes(sides, known),
        )
        for entry, sides in zip(entries, details, strict=True)
    ]


Side = dict[str, Any]
Known = dict[str, dict[uuid.UUID, str]]


def _sides(detail: str) -> tuple[Side, Side]:
    try:
        sides = json.loads(detail) if detail else {}
    except ValueError:
        sides = {}
    return sides.get("before") or {}, sides.get("after") or {}


def _changes(sides: tuple[Side, Side], known: Known) -> tuple[Change, ...]:
    """Return the fields of both sides, before beside after; keys that stand beside the name of the same row are left out."""
    before, after = sides
    found = []
    for field in dict.fromkeys([*before, *after]):
        if field.endswith("_id") and field.removesuffix("_id") in {*before, *after}:
            continue
        texts = [_in_words(field, side.get(field), known) for side in sides]
        if any(texts):
            found.append(Change(str(hooks.field_labels.get(field, field)), *texts))
    return tuple(found)


def _in_words(field: str, value: Any, known: Known) -> str:
    if isinstance(value, list):
        return ", ".join(_in_words(field, one, known) for one in value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int) and field.endswith("_minor"):
        return as_text(value)
    if isinstance(value, str):
        return _text_in_words(field, value, known)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(key, one, known)}" for key, one in value.items())
    return "" if value is None else str(value)


def _text_in_words(field: str, text: str, known: Known) -> str:
    if field in hooks.value_kinds:
        key = as_uuid(text)
        return text if key is None else known.get(hooks.value_kinds[field], {}).get(key, text)
    if field.endswith("_at") and "T" in text:
        try:
            return f"{datetime.fromisoformat(text).astimezone(get_current_timezone()):%Y-%m-%d %H:%M}"
        except ValueError:
            return text
    return str(hooks.value_words.get(field, {}).get(text, text))

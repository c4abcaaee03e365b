"""The record as people read it: searched, newest first, page by page."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from incisor.audit import hooks
from incisor.audit.models import ORGANISATION_CHAIN, Entry

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
    by_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
    for entry in entries:
        if entry.subject_id is not None:
            by_kind[entry.subject_kind].add(entry.subject_id)
        if entry.patient_id is not None:
            by_kind[hooks.PATIENT].add(entry.patient_id)
    known = {kind: hooks.names_of(kind, clinic_id, ids) for kind, ids in by_kind.items()}
    patients = known.get(hooks.PATIENT, {})
    return [
        Line(
            entry,
            hooks.label_of(entry.what),
            "" if entry.subject_id is None else known[entry.subject_kind].get(entry.subject_id, ""),
            "" if entry.patient_id is None else patients.get(entry.patient_id, ""),
            changes_of(entry.detail),
        )
        for entry in entries
    ]


def changes_of(detail: str) -> tuple[Change, ...]:
    """Return the fields that an entry's detail holds, before beside after."""
    try:
        sides = json.loads(detail) if detail else {}
    except ValueError:
        return ()
    before, after = sides.get("before") or {}, sides.get("after") or {}
    fields: Iterable[str] = dict.fromkeys([*before, *after])
    return tuple(
        Change(str(hooks.field_labels.get(name, name)), _text(before.get(name)), _text(after.get(name)))
        for name in fields
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
    return str(value)

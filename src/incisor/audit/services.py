"""Writing the record. Entries are gathered while an action runs and written as its last act: the end of the chain is
the last row that anybody locks, so that two actions never wait for each other in a ring."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from incisor.audit.models import ORGANISATION_CHAIN, ChainHead, Entry
from incisor.audit.rules import canonical, changes, hash_of, hash_of_text
from incisor.kernel.db.prepared import prepared
from incisor.kernel.db.writing import insert, rewrite
from incisor.kernel.ids import uuid7


class RecordedOutsideAction(RuntimeError):
    """Something was recorded where nobody says who did it and when."""


@dataclass
class Recording:
    """What the running action has done so far."""

    user_id: uuid.UUID | None
    user_name: str
    chain: uuid.UUID
    at: datetime
    lines: list[dict[str, Any]] = field(default_factory=list)


_recording: ContextVar[Recording | None] = ContextVar("audit_recording", default=None)
_origin: ContextVar[str] = ContextVar("audit_origin", default="")


@contextmanager
def origin(text: str) -> Iterator[None]:
    """Say from where the actions inside come: "10.0.0.12", "command line", "worker"."""
    token = _origin.set(text[:80])
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    what: str,
    *,
    subject: Any = None,
    patient_id: uuid.UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    is_look: bool = False,
) -> None:
    """Note one fact of the running action. what: "appointment.booked". subject: the row that it is about.

    before, after: plain values; with both given only the differences are kept. Raises RecordedOutsideAction.
    """
    recording = _recording.get()
    if recording is None:
        raise RecordedOutsideAction(what)
    recording.lines.append(
        {
            "what": what,
            "subject_kind": subject._meta.label_lower if subject is not None else "",
            "subject_id": subject.pk if subject is not None else None,
            "patient_id": patient_id,
            "is_look": is_look,
            "detail": canonical(changes(before, after)) if before is not None or after is not None else "",
        }
    )


@contextmanager
def recording(
    *, user_id: uuid.UUID | None, user_name: str, clinic_id: uuid.UUID | None, at: datetime
) -> Iterator[Recording]:
    """Gather entries inside; they are written when the outermost block ends well. Must stand inside a transaction."""
    outer = _recording.get()
    if outer is not None:
        yield outer
        return
    mine = Recording(user_id=user_id, user_name=user_name, chain=clinic_id or ORGANISATION_CHAIN, at=at)
    token = _recording.set(mine)
    try:
        yield mine
    finally:
        _recording.reset(token)
    write(mine)


def write(mine: Recording) -> None:
    """Append the gathered entries to their chain."""
    if not mine.lines:
        return
    head = _locked_head(mine.chain)
    previous = head.hash
    at = mine.at.astimezone(UTC)
    for offset, line in enumerate(mine.lines, start=1):
        entry = Entry(
            id=uuid7(),
            chain=mine.chain,
            number=head.number + offset,
            at=at,
            user_id=mine.user_id,
            user_name=mine.user_name[:80],
            origin=_origin.get(),
            previous_hash=previous,
            detail_hash=hash_of_text(line["detail"]),
            **line,
        )
        entry.hash = previous = hash_of(entry.sealed())
        insert(entry)
    head.number, head.hash = head.number + len(mine.lines), previous
    rewrite(head, "number", "hash")


def _locked_head(chain: uuid.UUID) -> ChainHead:
    found: list[ChainHead] = _heads(chain)
    if not found:
        try:
            with transaction.atomic():
                ChainHead.objects.create(chain=chain)
        except IntegrityError:
            pass  # somebody else began the chain in this moment: theirs is the head
        found = _heads(chain)
    return found[0]


@prepared
def _heads(chain: uuid.UUID) -> QuerySet[ChainHead]:
    return ChainHead.objects.select_for_update().filter(chain=chain)

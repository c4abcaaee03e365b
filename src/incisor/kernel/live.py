"""Versions of what open pages show, so that a page learns by one indexed read whether anything changed."""

import uuid
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from incisor.kernel.db.prepared import prepared
from incisor.kernel.db.writing import insert, run
from incisor.kernel.models import LiveVersion

TOPICS = ("day", "tasks", "admin", "calls", "help")


def touch(clinic_id: uuid.UUID, topic: str) -> None:
    """Note a change of the topic; written once, as the transaction's last act, so that nobody waits for the row long."""
    if topic not in TOPICS:
        raise ValueError(topic)
    if not connection.in_atomic_block:
        raise RuntimeError("a change is noted inside the transaction that makes it")
    pending = getattr(connection, "incisor_touched", None)
    if pending is None:
        pending = connection.incisor_touched = set()  # type: ignore[attr-defined]
    pending.add((clinic_id, topic))


def flush() -> None:
    """Write the noted changes. Called by the action guard before its transaction commits."""
    pending = sorted(getattr(connection, "incisor_touched", None) or (), key=str)
    forget()
    for clinic_id, topic in pending:
        if not _next(clinic_id, topic) and not insert(
            LiveVersion(clinic_id=clinic_id, topic=topic, version=1), or_nothing=True
        ):
            _next(clinic_id, topic)


def _next(clinic_id: uuid.UUID, topic: str) -> int:
    return run(
        "UPDATE kernel_liveversion SET version = version + 1 WHERE clinic_id = %s AND topic = %s", clinic_id, topic
    )


def forget() -> None:
    """Drop what was noted: the transaction failed."""
    connection.incisor_touched = set()  # type: ignore[attr-defined]


def version(clinic_id: uuid.UUID, topic: str) -> int:
    """Return the topic's version in that clinic, 0 when nothing happened yet."""
    found = _version(clinic_id, topic)
    return found[0] if found else 0


@prepared
def _version(clinic_id: uuid.UUID, topic: str) -> "QuerySet[Any, Any]":
    return LiveVersion.objects.filter(clinic_id=clinic_id, topic=topic).values_list("version", flat=True)

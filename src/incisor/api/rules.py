"""Keys, cursors, versions and the pace of requests, as plain values."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

PREFIX = "inc_"
SHOWN = 9
LIMITS = (30, 60, 120, 300, 600)
MINUTE = 60.0


def is_open(*, expires_at: datetime, ended_at: datetime | None, at: datetime) -> bool:
    """Tell whether a key still opens."""
    return ended_at is None and at < expires_at


@dataclass(frozen=True)
class Bucket:
    """What a key has left: it fills evenly, a minute's worth at most. since: seconds of a clock that only runs on."""

    left: float
    since: float


@dataclass(frozen=True)
class Pace:
    """Whether a request may pass. left: whole requests that remain; wait: seconds until the next one may come."""

    bucket: Bucket
    is_allowed: bool
    left: int
    wait: int


def paced(bucket: Bucket | None, *, limit: int, now: float) -> Pace:
    """Return what becomes of the bucket when one more request comes."""
    filled = float(limit)
    if bucket is not None:
        filled = min(filled, bucket.left + max(0.0, now - bucket.since) * limit / MINUTE)
    if filled >= 1:
        return Pace(Bucket(filled - 1, now), True, int(filled - 1), 0)
    return Pace(Bucket(filled, now), False, 0, int((1 - filled) * MINUTE / limit) + 1)


def cursor_of(moment: datetime, key: UUID) -> str:
    """Return the place after a row that stands at that moment in the order (moment, key)."""
    text = json.dumps([moment.isoformat(), str(key)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[datetime, UUID] | None:
    """Return moment and key of a cursor, None when nobody can have got it from here."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        moment, key = json.loads(text)
        place = datetime.fromisoformat(moment), UUID(key)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return None
    return None if place[0].tzinfo is None else place


def etag_of(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def version_of(etag: str) -> int | None:
    """Return the version of an entity tag, weak ones too (a proxy that compresses makes them weak); None for any other."""
    text = etag.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None

"""UUIDv7 keys: made in Python, sortable by the time they were made, unique across clinics and servers."""

import os
import threading
import time
import uuid
from datetime import UTC, datetime

_lock = threading.Lock()
_last = [0]


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7 (RFC 9562): 48 bits of milliseconds, 12 bits that keep order within one, 62 random bits.

    Strictly increasing within one process, also when the clock steps back.
    """
    with _lock:
        # 60 bits: milliseconds, then a 12-bit fraction of the millisecond
        tick = (time.time_ns() * 4096) // 1_000_000
        tick = _last[0] = max(_last[0] + 1, tick)
    value = (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=value)


def made_at(key: uuid.UUID) -> datetime:
    """Return the moment that stands in a UUIDv7, to the millisecond."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def uuid7_at(*, milliseconds: int, random: int) -> uuid.UUID:
    """Return the UUIDv7 of a given moment with given random bits (74 are used): for reproducible demo data."""
    value = milliseconds << 80 | 0x7 << 76 | ((random >> 62) & 0xFFF) << 64 | 0b10 << 62 | (random & ((1 << 62) - 1))
    return uuid.UUID(int=value)

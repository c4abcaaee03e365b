"""Rotation of the encryption keys, while everybody goes on working."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from incisor.config import archive, readiness
from incisor.config.setup import schemas
from incisor.kernel import crypto, store
from incisor.kernel.errors import NotReady
from incisor.kernel.models import Installation
from incisor.kernel.organisation import organisation

Say = Callable[[str], object]
BATCH = 500


def show(*, say: Say) -> int:
    """Print the names of the keys on the ring; never the keys."""
    ring = crypto.ring()
    for name in ring.keys:
        say(f"{name}{'  encrypts' if name == ring.current else '  only decrypts'}")
    return 0


def rotate(*, say: Say) -> int:
    """Add a key and seal every value and every kept file anew with it, in small transactions, in every organisation.

    The key before stays on the ring until the next rotation, for a value that was on its way while this ran; older ones
    go, but only when every organisation that the ring seals was carried through. Interrupted at any point, running it
    again goes on. Returns 1 when an organisation stayed behind; its keys are all kept.
    """
    readiness.require_ready()
    path = Path(settings.INCISOR_KEYS)
    before = crypto.ring()
    crypto.write_ring(before.rotated(), path)
    ring = crypto.ring()
    names = schemas()
    total, behind = Sealed(0, 0), []
    for name in names:
        with organisation(name):
            try:
                if len(names) > 1:
                    say(name)
                if not _is_sealed_with(ring):
                    say("  sealed with another keys file: left as it is")
                    continue
                total += _organisation_anew(ring, say)
            except (NotReady, OSError, DatabaseError) as failure:
                behind.append(name)
                say(f"  FAILED: {str(failure).strip().splitlines()[0]}")
    if behind:
        say(f"behind: {', '.join(behind)}. All older keys are kept; put right what failed, then run this again.")
        return 1
    crypto.write_ring(ring.without(set(before.keys) - {before.current}), path)
    say(
        f"{total.values} values and {total.files} files are sealed with key {ring.current}. "
        "Make a backup now: it holds the new keys file."
    )
    return 0


@dataclass(frozen=True)
class Sealed:
    """How much was sealed anew."""

    values: int
    files: int

    def __add__(self, other: "Sealed") -> "Sealed":
        return Sealed(self.values + other.values, self.files + other.files)


def _is_sealed_with(ring: crypto.KeyRing) -> bool:
    row = Installation.objects.first()
    return row is not None and row.key_fingerprint == ring.fingerprint()


def _organisation_anew(ring: crypto.KeyRing, say: Say) -> Sealed:
    count, quote = 0, connection.ops.quote_name
    for model, fields in archive.sealed_fields():
        for field in fields:
            count += _seal_anew(model, field, ring, quote)
        say(f"  {model._meta.db_table}")
    return Sealed(count, store.seal_anew())


def _seal_anew(model, field, ring, quote) -> int:
    table, column, key = quote(model._meta.db_table), quote(field.column), quote(model._meta.pk.column)
    context, count = f"{model._meta.db_table}.{field.column}", 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND {column} NOT LIKE %s LIMIT {BATCH}",
                [f"{ring.current}:%"],
            )
            rows = cursor.fetchall()
            for pk, sealed in rows:
                fresh = ring.encrypt(ring.decrypt(sealed, context=context), context=context)
                # compare-and-set: a value that somebody has just changed is sealed with the new key already
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",
                    [fresh, pk, sealed],
                )
        count += len(rows)
        if len(rows) < BATCH:
            return count

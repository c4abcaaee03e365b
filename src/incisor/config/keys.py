"""Rotation of the encryption keys, while everybody goes on working."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from incisor.config import archive, readiness
from incisor.kernel import crypto, store

Say = Callable[[str], object]
BATCH = 500


def show(*, say: Say) -> int:
    """Print the names of the keys on the ring; never the keys."""
    ring = crypto.ring()
    for name in ring.keys:
        say(f"{name}{'  encrypts' if name == ring.current else '  only decrypts'}")
    return 0


def rotate(*, say: Say) -> int:
    """Add a key and seal every value and every kept file anew with it, in small transactions.

    The key before stays on the ring until the next rotation, for a value that was on its way while this ran; older ones
    go. Interrupted at any point, running it again goes on.
    """
    readiness.require_ready()
    path = Path(settings.INCISOR_KEYS)
    before = crypto.ring()
    crypto.write_ring(before.rotated(), path)
    ring = crypto.ring()
    total = 0
    for model, fields in archive.sealed_fields():
        quote = connection.ops.quote_name
        for field in fields:
            total += _seal_anew(model, field, ring, quote)
        say(f"  {model._meta.db_table}")
    files = store.seal_anew()
    crypto.write_ring(ring.without(set(before.keys) - {before.current}), path)
    say(
        f"{total} values and {files} files are sealed with key {ring.current}. Make a backup now: it holds the new keys file."
    )
    return 0


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

"""Sealed files: pictures, signed papers, whatever is too large for a row.

A file lies under attachments/<organisation>/ab/cd/<key>, sealed with the key ring under its own name, written to a
temporary name, flushed to the disk and renamed: it is there whole or not at all. A row remembers its key in a
kernel.fields.StoreKeyField; from these fields the nightly job knows which files nobody needs (a form that was never
saved), `incisor doctor` which are missing. Nothing else removes a file: what was replaced stays, because a row that is
history still names it.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from incisor.kernel import crypto
from incisor.kernel.errors import NotReady, Refused
from incisor.kernel.fields import StoreKeyField
from incisor.kernel.organisation import current

MEGABYTE = 1024 * 1024
DRAFT = ".draft-"
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Stored:
    """A file that was kept. key: for the row; size and sha256: of what was given, not of what lies on the disk."""

    key: str
    size: int
    sha256: str


class TooLarge(Refused):
    """The content is larger than this kind of file may be. details: size, limit, in bytes."""

    code = "file_too_large"


class CannotKeep(Refused):
    """The disk does not take the file."""

    code = "file_not_kept"
    status = 503


class CannotRead(Refused):
    """The file is not where it was kept, or does not open."""

    code = "file_not_readable"
    status = 410


def folder() -> Path:
    """Return where the organisation's files lie."""
    return Path(settings.INCISOR_ATTACHMENTS) / current()


def keep(content: bytes, *, limit: int) -> Stored:
    """Seal the content and keep it; call inside the action that writes the row. limit: in bytes.

    When the transaction is rolled back the file stays behind, and the job takes it. Raises TooLarge, CannotKeep.
    """
    if len(content) > limit:
        raise TooLarge(
            _("The file is larger than %(megabytes)s MB. Choose a smaller one.")
            % {"megabytes": f"{limit / MEGABYTE:.3g}"},
            size=len(content),
            limit=limit,
        )
    key = secrets.token_hex(16)
    try:
        _write(_path(key), crypto.ring().seal(content, context=_context(key)))
    except OSError as failure:
        raise CannotKeep(
            _("The file could not be kept: %(problem)s. Tell whoever looks after the computer; nothing was changed.")
            % {"problem": failure.strerror or failure}
        ) from failure
    return Stored(key=key, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def read(key: str) -> bytes:
    """Return the content of a kept file. Raises CannotRead."""
    try:
        return crypto.ring().unseal(_path(key).read_bytes(), context=_context(key))
    except (OSError, ValueError, NotReady) as failure:
        raise CannotRead(
            _("This file cannot be read: it is missing or damaged. It can be brought back from a backup.")
        ) from failure


def is_whole(key: str) -> bool:
    """Tell whether the file is there and opens."""
    try:
        read(key)
    except CannotRead:
        return False
    return True


def is_there(key: str) -> bool:
    """Tell whether the file is there, without opening it."""
    return is_key(key) and _path(key).is_file()


def is_key(text: str) -> bool:
    """Tell whether the text can be the key of a file: nothing else ever becomes a part of a path."""
    return bool(_KEY.fullmatch(text))


def sealed_files() -> Iterator[tuple[str, bytes]]:
    """Yield key and sealed content of all kept files, as they lie on the disk: for the backup."""
    for key in keys():
        try:
            yield key, _path(key).read_bytes()
        except FileNotFoundError:
            continue  # an orphan that the nightly job has just removed


def put_back(key: str, sealed: bytes) -> None:
    """Write a sealed file of a backup. The keys file that opens it is put back by the caller."""
    _write(_path(key), sealed)


def keys() -> Iterator[str]:
    """Yield the keys of all kept files."""
    for path in sorted(folder().glob("??/??/*")):
        if is_key(path.name):
            yield path.name


def wanted_keys() -> set[str]:
    """Return the keys that rows of any app name."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, StoreKeyField):
                rows = model._base_manager.exclude(**{f"{field.attname}__in": [""]})
                found |= set(rows.exclude(**{field.attname: None}).values_list(field.attname, flat=True))
    return found


def remove_orphans(*, before: datetime) -> int:
    """Remove files written before that moment which no row names, and drafts of a power cut; returns how many."""
    old = [path for path in folder().glob("??/??/*") if _written_at(path) < before.timestamp()]
    if not old:
        return 0
    wanted = wanted_keys()  # asked after the listing: a row written since then keeps its file
    gone = [path for path in old if path.name not in wanted]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def seal_anew() -> int:
    """Seal every file that an older key sealed with the current one; returns how many. Interrupted, it goes on."""
    ring, count = crypto.ring(), 0
    for key in keys():
        path = _path(key)
        with path.open("rb") as opened:
            is_current = crypto.key_name(opened.read(64)) == ring.current
        if not is_current:
            content = ring.unseal(path.read_bytes(), context=_context(key))
            _write(path, ring.seal(content, context=_context(key)))
            count += 1
    return count


def _context(key: str) -> str:
    return f"store:{key}"


def _path(key: str) -> Path:
    if not is_key(key):
        raise ValueError("not a key of a file")
    return folder() / key[:2] / key[2:4] / key


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(DRAFT + secrets.token_hex(8))
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        entry = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(entry)  # the name too must survive a power cut
        finally:
            os.close(entry)

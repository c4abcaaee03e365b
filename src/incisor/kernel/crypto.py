"""Encryption of single values with a key ring that lives outside the database.

AES-256-GCM, a fresh 96-bit nonce for each value, the key's name in front so that rings can be rotated:
"k1:BASE64(nonce + ciphertext + tag)". Whole files likewise, without the BASE64: a line with the key's name, then the
bytes. Look-ups use a keyed hash (HMAC-SHA256) under a key of its own.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from incisor.kernel.errors import NotReady

NONCE_BYTES = 12
FILE_MARK = b"incisor-sealed-1 "


@dataclass(frozen=True)
class KeyRing:
    """The keys. current: name of the key that encrypts; keys: all keys that can decrypt; index_key: for look-ups."""

    current: str
    keys: dict[str, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    def encrypt(self, text: str, *, context: str) -> str:
        """Return the sealed text. context: table and column, so that a value moved elsewhere does not open."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), context.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, token: str, *, context: str) -> str:
        """Return the text. Raises NotReady if the key is not on the ring or the value was altered."""
        name, _, body = token.partition(":")
        if name not in self.keys:
            raise NotReady(
                f"The key ring has no key “{name}”, which some data is sealed with. Put back the right keys file."
            )
        raw = base64.b64decode(body)
        try:
            return AESGCM(self.keys[name]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except InvalidTag as failure:
            raise NotReady("A sealed value does not open: wrong keys file, or the data was altered.") from failure

    def seal(self, content: bytes, *, context: str) -> bytes:
        """Return the sealed content of a file. context: its name, so that one file does not open in another's place."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, content, context.encode())
        return FILE_MARK + self.current.encode() + b"\n" + nonce + sealed

    def unseal(self, sealed: bytes, *, context: str) -> bytes:
        """Return the content of a sealed file. Raises NotReady if the key is not on the ring or the file was altered."""
        name, start = key_name(sealed), sealed.find(b"\n", len(FILE_MARK)) + 1
        if name not in self.keys:
            raise NotReady(
                f"The key ring has no key “{name}”, which some data is sealed with. Put back the right keys file."
            )
        nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            return AESGCM(self.keys[name]).decrypt(nonce, body, context.encode())
        except (InvalidTag, ValueError) as failure:
            raise NotReady("A sealed file does not open: wrong keys file, or the file was altered.") from failure

    def index(self, text: str, *, context: str) -> str:
        """Return the look-up hash of a value: the same text gives the same hash, which tells nothing about the text."""
        return hmac.new(self.index_key, f"{context}\x00{text}".encode(), hashlib.sha256).hexdigest()[:40]

    def fingerprint(self) -> str:
        """Return a public name of the ring: the database remembers it and refuses to start with another one."""
        return hmac.new(self.index_key, b"fingerprint", hashlib.sha256).hexdigest()[:16]

    def rotated(self) -> "KeyRing":
        """Return a ring with one more key, which from now on encrypts."""
        name = f"k{max(int(key[1:]) for key in self.keys) + 1}"
        return KeyRing(current=name, keys={**self.keys, name: secrets.token_bytes(32)}, index_key=self.index_key)

    def without(self, names: set[str]) -> "KeyRing":
        """Return a ring without those keys; never without the current one."""
        kept = {name: key for name, key in self.keys.items() if name not in names or name == self.current}
        return KeyRing(current=self.current, keys=kept, index_key=self.index_key)


def key_name(sealed: bytes) -> str:
    """Return the name of the key that a file was sealed with, from its first bytes; empty when it is none of ours."""
    head = sealed[len(FILE_MARK) : len(FILE_MARK) + 12]
    return head.split(b"\n")[0].decode("ascii", "replace") if sealed.startswith(FILE_MARK) and b"\n" in head else ""


def new_ring() -> KeyRing:
    """Return a ring with one fresh key."""
    return KeyRing(current="k1", keys={"k1": secrets.token_bytes(32)}, index_key=secrets.token_bytes(32))


def as_json(ring: KeyRing) -> str:
    """Return the text of a keys file."""
    encoded = {name: base64.b64encode(key).decode() for name, key in ring.keys.items()}
    index = base64.b64encode(ring.index_key).decode()
    return json.dumps({"version": 1, "current": ring.current, "keys": encoded, "index_key": index}, indent=1)


def from_json(text: str) -> KeyRing:
    """Return the ring of a keys file. Raises NotReady when it is not one."""
    try:
        raw = json.loads(text)
        keys = {name: base64.b64decode(key) for name, key in raw["keys"].items()}
        ring = KeyRing(current=raw["current"], keys=keys, index_key=base64.b64decode(raw["index_key"]))
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise NotReady("The keys file is damaged. Put back the copy that was made when the keys were.") from failure
    if ring.current not in ring.keys or any(len(key) != 32 for key in [*ring.keys.values(), ring.index_key]):
        raise NotReady("The keys file is damaged. Put back the copy that was made when the keys were.")
    return ring


def write_ring(ring: KeyRing, path: Path) -> None:
    """Write the keys file so that a power cut leaves either the old or the new one; readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(as_json(ring))
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, path)


@lru_cache(maxsize=8)
def _read(path: Path, _mtime_ns: int) -> KeyRing:
    return from_json(path.read_text(encoding="utf-8"))


def ring() -> KeyRing:
    """Return this installation's key ring, read again when the file changes. Raises NotReady when it is missing."""
    from django.conf import settings  # noqa: PLC0415 -- settings are ready only at run time

    path = Path(settings.INCISOR_KEYS)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as failure:
        raise NotReady(
            f"The keys file {path} is missing. Without it the sealed data cannot be read: put it back, or run "
            "“incisor init” for a new, empty installation."
        ) from failure

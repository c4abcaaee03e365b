"""Reading keys."""

import hashlib
from datetime import datetime
from typing import Any

from incisor.api.models import Token
from incisor.api.rules import is_open
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid


def hash_of(secret: str) -> str:
    """Return what is kept of a key. It is drawn from 256 bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def token_with(secret: str, *, at: datetime) -> Token | None:
    """Return the key's row with account and clinic, None when it opens nothing: unknown, ended, expired, clinic closed."""
    found = Token.objects.filter(secret_hash=hash_of(secret)).select_related("user", "clinic__organisation").first()
    if found is None or not is_open(expires_at=found.expires_at, ended_at=found.ended_at, at=at):
        return None
    return found if found.user.is_active and found.clinic.is_active else None


def tokens() -> list[Token]:
    """Return all keys of the organisation, those in use first, the newest first."""
    found = Token.objects.select_related("user", "clinic", "created_by", "ended_by").order_by("-created_at", "-pk")
    return sorted(found, key=lambda token: token.ended_at is not None)


def token(token_id: Any) -> Token:
    """Return a key. Raises NotFound."""
    found = Token.objects.select_related("user", "clinic").filter(pk=as_uuid(token_id)).first()
    if found is None:
        raise NotFound()
    return found

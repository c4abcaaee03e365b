"""Requests that must not happen twice: a double click, a resend after a lost connection."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incisor.kernel import live
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import Refused
from incisor.kernel.ids import uuid7
from incisor.kernel.models import FinishedRequest


class KeyReused(Refused):
    """The key of an earlier request came again with other content."""

    code = "key_reused"
    status = 422


def result_of(*, user_id: uuid.UUID, key: str) -> uuid.UUID | None:
    """Return the id of what an earlier request with this key made, None when there was none."""
    if not key:
        return None
    return FinishedRequest.objects.filter(user_id=user_id, key=key).values_list("result_id", flat=True).first()


def claim(*, user_id: uuid.UUID, key: str, action: str, result_id: uuid.UUID, at: datetime) -> uuid.UUID:
    """Remember what the request is about to make, and return it; what an earlier request with this key made, if there was one.

    A second one at the same time waits at the unique key until the first has ended. Needs no savepoint.
    """
    row = FinishedRequest(user_id=user_id, key=key[:64], action=action, result_id=result_id, at=at)
    FinishedRequest.objects.bulk_create([row], ignore_conflicts=True)
    return _results(user_id, key[:64])[0]  # type: ignore[no-any-return]


@prepared
def _results(user_id: uuid.UUID, key: str) -> QuerySet[Any, Any]:
    return FinishedRequest.objects.filter(user_id=user_id, key=key).values_list("result_id", flat=True)


def remember(*, user_id: uuid.UUID, key: str, action: str, result_id: uuid.UUID, at: datetime) -> None:
    """Remember, in the same transaction, what the request made. A second one at the same time breaks the constraint."""
    if key:
        FinishedRequest.objects.create(user_id=user_id, key=key[:64], action=action, result_id=result_id, at=at)


def once(
    *, user_id: uuid.UUID, key: str, action: str, content: str, at: datetime, act: Callable[[], uuid.UUID]
) -> tuple[uuid.UUID, bool]:
    """Act and remember the id of what came of it, in one transaction; for a key seen before return that id and False.

    content: fingerprint of the request. The key is written first: the same request sent twice at the same time waits at
    the unique key until the first has ended. What was refused is not remembered. Raises KeyReused.
    """
    outermost = not transaction.get_connection().in_atomic_block
    try:
        with transaction.atomic():
            mine = FinishedRequest(user_id=user_id, key=key, action=action, content=content, result_id=uuid7(), at=at)
            FinishedRequest.objects.bulk_create([mine], ignore_conflicts=True)
            kept = FinishedRequest.objects.get(user_id=user_id, key=key)
            if kept.pk == mine.pk:
                made = act()
                FinishedRequest.objects.filter(pk=mine.pk).update(result_id=made)
                return made, True
    except BaseException:
        if outermost:
            live.forget()  # the guard inside was not the outermost, so it left this to us
        raise
    if kept.content != content or kept.action != action:
        raise KeyReused(
            _("This idempotency key was used for another request. Take a new key for a new request."), key=key
        )
    return kept.result_id, False


class AlreadyDone(Exception):
    """The request was carried out when it came the first time; its answer was lost on the way."""


@dataclass
class _Sent:
    key: str
    is_claimed: bool = False


_sent: ContextVar[_Sent | None] = ContextVar("sent", default=None)


@contextmanager
def sent_as(key: str) -> Iterator[None]:
    """Work on a request that the page named with this key (empty: with none), so that it can be sent again without harm."""
    token = _sent.set(_Sent(key[:50]) if key else None)
    try:
        yield
    finally:
        _sent.reset(token)


def claim_sent(*, user_id: uuid.UUID, at: datetime) -> None:
    """Note, in the transaction of the first thing that the request does, that it was carried out.

    Called by the action guard. A second one with the same key waits until the first has ended. Raises AlreadyDone.
    """
    sent = _sent.get()
    if sent is None or sent.is_claimed:
        return
    mine = uuid7()
    if claim(user_id=user_id, key=f"sent:{sent.key}", action="sent", result_id=mine, at=at) != mine:
        raise AlreadyDone
    sent.is_claimed = True


def unclaim_sent() -> None:
    """Forget the note: its transaction failed, so nothing was carried out yet."""
    sent = _sent.get()
    if sent is not None:
        sent.is_claimed = False

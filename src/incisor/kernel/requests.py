"""Requests that must not happen twice: a double click, a resend after a lost connection."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from incisor.kernel.db.prepared import prepared
from incisor.kernel.models import FinishedRequest


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

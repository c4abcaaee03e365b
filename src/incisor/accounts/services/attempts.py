"""Attempts to sign in: counted before they are judged, so that twenty at once do not get twenty guesses.

These run before anybody is known, so no guard stands before them; each is its own transaction.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from incisor.accounts.models import FailedSignIn, User
from incisor.accounts.queries import failures_from, failures_of
from incisor.accounts.rules import FAILURES_PER_NAME, FAILURES_PER_ORIGIN, locked_until, minutes_left
from incisor.audit.services import record, recording
from incisor.kernel.errors import Refused
from incisor.kernel.fields import index_of


class LockedOut(Refused):
    """Too many failures: not even the right password is looked at."""

    code = "locked_out"
    status = 429


def name_index(*, username: str) -> str:
    """Return under what failures of that name are kept, whether or not there is such a name."""
    return index_of(username.strip().lower() or "-", context="sign-in name")


def begin_attempt(*, username: str, origin: str, at: datetime) -> uuid.UUID:
    """Count an attempt as failed until it has succeeded; return its id. Raises LockedOut."""
    index = name_index(username=username)
    mine = FailedSignIn.objects.create(name_index=index, origin=origin[:80], at=at)
    until = max(
        (
            found
            for found in (
                locked_until(failures_of(index, at=at, but=mine.pk), limit=FAILURES_PER_NAME),
                locked_until(failures_from(origin[:80], at=at, but=mine.pk), limit=FAILURES_PER_ORIGIN),
            )
            if found is not None
        ),
        default=None,
    )
    if until is not None and at < until:
        FailedSignIn.objects.filter(pk=mine.pk).delete()
        minutes = minutes_left(until, at=at)
        raise LockedOut(
            ngettext(
                "Too many failed attempts. For safety nothing is tried now; try again in %(minutes)d minute.",
                "Too many failed attempts. For safety nothing is tried now; try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
            until=until,
        )
    return mine.pk


def withdraw_attempt(*, attempt: uuid.UUID) -> None:
    """Take back the count: the password was right, but the second factor is still to be shown."""
    FailedSignIn.objects.filter(pk=attempt).delete()


def note_failure(*, user: User | None, stage: str, at: datetime) -> None:
    """Write a failure into the record. user: None when there is no such name. stage: password, code, unlock."""
    with (
        transaction.atomic(),
        recording(user_id=user.pk if user else None, user_name=user.name if user else "?", clinic_id=None, at=at),
    ):
        record("account.sign_in_failed", subject=user, after={"stage": stage})

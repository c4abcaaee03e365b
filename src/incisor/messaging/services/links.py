"""Links that a patient opens on the own phone: each for one purpose, for a time, and known here by its hash only."""

import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from django.db.models import F

from incisor.clinics.models import Clinic
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link, LinkFailure
from incisor.messaging.queries import LinkGone, failed_tries, open_link, token_hash
from incisor.messaging.rules import (
    LINK_FAILURE_WINDOW,
    LINK_FAILURES_PER_ORIGIN,
    MAX_LINK_FAILURES,
    TOKEN_BYTES,
    last_digits,
    link_path,
)
from incisor.patients.models import Patient


def make_link(
    *, clinic: Clinic, purpose: str, patient: Patient | None, subject_id: uuid.UUID, lasts: timedelta, at: datetime
) -> tuple[Link, str]:
    """Make a link for one thing and return it with its path, which is known only now. Runs inside the caller's action.

    purpose: LinkPurpose. subject_id: what it is about, a row of the app whose page it opens. lasts: from `at` on.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = Link.objects.create(
        clinic=clinic,
        patient=patient,
        purpose=LinkPurpose(purpose),
        subject_id=subject_id,
        token_hash=token_hash(token),
        expires_at=at + lasts,
        created_at=at,
    )
    return link, link_path(purpose=purpose, token=token)


def follow_link(*, token: str, purpose: str, origin: str, at: datetime) -> Link:
    """Return the link that a token opens; count where a wrong one came from. Raises LinkGone, whatever was wrong.

    After LINK_FAILURES_PER_ORIGIN wrong tokens from one address nothing opens from there until the window has passed.
    """
    if failed_tries(origin, since=at - LINK_FAILURE_WINDOW) >= LINK_FAILURES_PER_ORIGIN:
        raise LinkGone()
    try:
        return open_link(token, purpose, at)
    except LinkGone:
        LinkFailure.objects.create(origin=origin[:80], at=at)
        raise


def try_digits(*, link: Link, digits: str, origin: str, at: datetime) -> bool:
    """Tell whether these are the last four digits of the number that the link was sent to.

    Counted before it is judged, so that twenty requests at once do not get twenty guesses. Raises LinkGone after
    MAX_LINK_FAILURES wrong ones, and when there is no number.
    """
    expected = last_digits(link.patient.phone) if link.patient else ""
    mine = Link.objects.filter(pk=link.pk)
    if not expected or not mine.filter(failures__lt=MAX_LINK_FAILURES).update(failures=F("failures") + 1):
        raise LinkGone()
    if hmac.compare_digest(digits.encode(), expected.encode()):
        mine.update(failures=F("failures") - 1)
        return True
    LinkFailure.objects.create(origin=origin[:80], at=at)
    return False


def use_link(*, link: Link, at: datetime) -> None:
    """Let a link that serves once open nothing any more. Raises LinkGone when it was used already.

    Runs inside the action that does what the link is for.
    """
    if not Link.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
        raise LinkGone()


def withdraw_links(*, clinic: Clinic, purpose: str, subject_id: uuid.UUID, at: datetime) -> int:
    """Close the links to something that has changed; returns how many. Runs inside an action."""
    mine = Link.objects.filter(clinic=clinic, purpose=purpose, subject_id=subject_id, used_at=None)
    return mine.update(used_at=at)

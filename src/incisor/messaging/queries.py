"""Reading messages."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import index_of
from incisor.messaging.enums import MessageStatus
from incisor.messaging.models import Link, LinkFailure, MessageTemplate, OutboxMessage
from incisor.messaging.rules import LINK_FAILURES_PER_ORIGIN, MAX_LINK_FAILURES


def messages(clinic: Clinic, *, status: str = "") -> QuerySet[OutboxMessage]:
    """Return the clinic's messages with their patients, newest first; of one status when it is given."""
    found = OutboxMessage.objects.filter(clinic=clinic).select_related("patient").order_by("-created_at", "-pk")
    return found.filter(status=status) if status in MessageStatus.values else found


def message(clinic: Clinic, message_id: Any) -> OutboxMessage:
    """Return one message of the clinic. Raises NotFound."""
    found = OutboxMessage.objects.filter(clinic=clinic, pk=message_id).select_related("patient").first()
    if found is None:
        raise NotFound()
    return found


def templates(clinic: Clinic) -> list[MessageTemplate]:
    """Return the clinic's templates by key and language."""
    return list(MessageTemplate.objects.filter(clinic=clinic).order_by("key", "-language"))


def template(clinic: Clinic, template_id: Any) -> MessageTemplate:
    """Return one template of the clinic. Raises NotFound."""
    found = MessageTemplate.objects.filter(clinic=clinic, pk=template_id).first()
    if found is None:
        raise NotFound()
    return found


class LinkGone(NotFound):
    """The link opens nothing: unknown, of another purpose, expired, used, or tried too often. All look the same."""

    code = "link_gone"


def token_hash(token: str) -> str:
    """Return under what a link's token is kept."""
    return index_of(token or "-", context="link token")


def open_link(token: str, purpose: str, at: datetime) -> Link:
    """Return the link with clinic and patient. Raises LinkGone. Pages go through services.follow_link, which counts."""
    found = (
        Link.objects.filter(token_hash=token_hash(token), purpose=purpose, used_at=None, expires_at__gt=at)
        .filter(failures__lt=MAX_LINK_FAILURES)
        .select_related("clinic", "patient")
        .first()
    )
    if found is None:
        raise LinkGone()
    return found


def failed_tries(origin: str, *, since: datetime) -> int:
    """Return how often links failed from that address since then; counted no further than it matters."""
    tries = LinkFailure.objects.filter(origin=origin[:80], at__gt=since).order_by("-at")
    return len(tries.values_list("pk")[:LINK_FAILURES_PER_ORIGIN])

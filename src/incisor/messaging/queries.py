"""Reading messages."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import index_of
from incisor.messaging.enums import MessageStatus
from incisor.messaging.models import Link, LinkFailure, MessageTemplate, OutboxMessage, SendingRules
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


def sending_rules(clinic: Clinic) -> SendingRules:
    """Return when the clinic's messages may go out; the defaults when nobody has changed them."""
    found = _sending_rules(clinic.pk)
    return found[0] if found else SendingRules(clinic=clinic)


@prepared
def _sending_rules(clinic_id: uuid.UUID) -> QuerySet[SendingRules]:
    return SendingRules.objects.filter(clinic_id=clinic_id)


def public_address(clinic: Clinic) -> str:
    """Return under which address a patient's phone reaches the clinic's pages, empty when nobody has said so."""
    return sending_rules(clinic).public_address or str(settings.INCISOR_PUBLIC_ADDRESS)


def template_for(clinic: Clinic, key: str, language: str) -> MessageTemplate | None:
    """Return the words of a message in the patient's language, else in Chinese; None when it is switched off.

    Who speaks another language than Chinese gets English.
    """
    found: dict[str, MessageTemplate] = {one.language: one for one in _templates(clinic.pk, key)}
    return found.get("zh-hans" if language == "zh-hans" else "en") or found.get("zh-hans")


@prepared
def _templates(clinic_id: uuid.UUID, key: str) -> QuerySet[MessageTemplate]:
    return MessageTemplate.objects.filter(clinic_id=clinic_id, key=key, is_active=True)


def texts_of(clinic: Clinic, key: str) -> dict[str, MessageTemplate]:
    """Return a message's words by language, switched off ones too."""
    return {one.language: one for one in MessageTemplate.objects.filter(clinic=clinic, key=key)}


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

"""Reading messages."""

from typing import Any

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.messaging.enums import MessageStatus
from incisor.messaging.models import MessageTemplate, OutboxMessage


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

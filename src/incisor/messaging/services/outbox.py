"""Messages: put into the outbox inside the caller's transaction, sent by the worker outside of any."""

import uuid
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events
from incisor.kernel.clock import local
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.fields import prefix_range
from incisor.kernel.ids import uuid7
from incisor.messaging.adapters import Adapter, Letter, SendingFailed
from incisor.messaging.enums import Channel, MessageStatus
from incisor.messaging.events import MessageFailed
from incisor.messaging.models import MessageTemplate, OutboxMessage, SendingRules
from incisor.messaging.queries import sending_rules, template_for
from incisor.messaging.rules import (
    MAX_ATTEMPTS,
    MAX_BODY,
    fill,
    next_allowed,
    unknown_placeholders,
    wait_after,
    without_link,
)
from incisor.patients.models import Patient

STALE_AFTER = timedelta(minutes=10)
WRITTEN_CHANNELS = frozenset({Channel.SMS, Channel.WECHAT})


class TemplateRefused(Refused):
    """The text of a template cannot be used."""

    code = "template_refused"
    status = 422


def enqueue(
    *,
    clinic: Clinic,
    patient: Patient,
    template_key: str,
    key: str,
    values: Mapping[str, str],
    expires_at: datetime,
    at: datetime,
    not_before: datetime | None = None,
) -> OutboxMessage | None:
    """Put a message to a patient into the outbox, once for each key; None when it must not or need not go out.

    It goes by the patient's own channel: SMS or WeChat; by SMS where a call is preferred, since these are notices only.
    Nothing for who wants no contact, has no phone, or when the template is switched off. Quiet hours move it to the
    morning; if that is after expires_at, nothing is written. Runs inside the caller's action.
    """
    if patient.contact_channel == "none" or not patient.phone:
        return None
    template = template_for(clinic, template_key, patient.language)
    if template is None:
        return None
    wall = local(max(at, not_before or at), clinic.zone)
    hours = sending_rules(clinic)
    due = next_allowed(wall, quiet_from=hours.quiet_from, quiet_until=hours.quiet_until)
    if due >= expires_at:
        return None
    channel = patient.contact_channel if patient.contact_channel in WRITTEN_CHANNELS else Channel.SMS
    known = {"patient": patient.name, "clinic": clinic.name, "phone": clinic.phone, **values}
    return write_message(
        clinic=clinic,
        patient=patient,
        key=key,
        template_key=template_key,
        channel=channel,
        address=patient.phone,
        subject=template.subject,
        body=fill(template.body if known.get("link") else without_link(template.body), known),
        not_before=due,
        expires_at=expires_at,
        at=at,
    )


def write_message(
    *,
    clinic: Clinic,
    patient: Patient | None,
    key: str,
    template_key: str,
    channel: str,
    address: str,
    subject: str,
    body: str,
    not_before: datetime,
    expires_at: datetime,
    at: datetime,
    message_id: uuid.UUID | None = None,
) -> OutboxMessage | None:
    """Put a finished text into the outbox; None when one of that key stands there. Runs inside the caller's action."""
    try:
        with transaction.atomic():
            return OutboxMessage.objects.create(
                id=message_id or uuid7(),
                clinic=clinic,
                patient=patient,
                key=key,
                template_key=template_key,
                channel=channel,
                address=address,
                subject=subject,
                body=body,
                not_before=not_before,
                expires_at=expires_at,
                created_at=at,
            )
    except IntegrityError:
        return None  # this very message stands in the outbox already


def withdraw(*, clinic: Clinic, key_prefix: str) -> int:
    """Cancel messages that have not gone out yet and are no longer true; returns how many. Runs inside an action."""
    found = OutboxMessage.objects.filter(clinic=clinic, status=MessageStatus.WAITING, **prefix_range("key", key_prefix))
    return found.update(status=MessageStatus.CANCELLED)


def send_due(*, by: User, at: datetime, limit: int = 100) -> tuple[int, int]:
    """Send what is due; returns how many went out and how many failed. Each is claimed first, sent outside a transaction.

    A message whose time has passed is not sent any more. A worker killed between claim and sending leaves the claim
    behind; after ten minutes the message is tried again under the same id, so that a gateway can tell a double.
    """
    OutboxMessage.objects.filter(status=MessageStatus.WAITING, expires_at__lte=at).update(status=MessageStatus.EXPIRED)
    due = Q(status=MessageStatus.WAITING, not_before__lte=at, expires_at__gt=at)
    stale = Q(status=MessageStatus.SENDING, claimed_at__lt=at - STALE_AFTER, expires_at__gt=at)
    sent = failed = 0
    for pk in list(
        OutboxMessage.objects.filter(due | stale).order_by("not_before", "pk").values_list("pk", flat=True)[:limit]
    ):
        if not OutboxMessage.objects.filter(due | stale, pk=pk).update(status=MessageStatus.SENDING, claimed_at=at):
            continue  # another worker was quicker
        if _send(OutboxMessage.objects.select_related("clinic").get(pk=pk), by, at):
            sent += 1
        else:
            failed += 1
    return sent, failed


def _send(message: OutboxMessage, by: User, at: datetime) -> bool:
    adapter: Adapter = import_string(settings.INCISOR_ADAPTERS.get(message.channel, settings.INCISOR_ADAPTERS["*"]))
    mine = OutboxMessage.objects.filter(pk=message.pk, status=MessageStatus.SENDING)
    attempts = message.attempt_count + 1
    letter = Letter(
        id=str(message.pk),
        channel=message.channel,
        address=message.address,
        subject=message.subject,
        body=message.body,
    )
    try:
        adapter(letter)
    except SendingFailed as failure:
        if failure.is_final or attempts >= MAX_ATTEMPTS:
            give_up(by=by, message=message, problem=str(failure), attempts=attempts, at=at)
        else:
            mine.update(
                status=MessageStatus.WAITING,
                problem=str(failure)[:200],
                attempt_count=attempts,
                not_before=at + wait_after(attempts),
            )
        return False
    mine.update(status=MessageStatus.SENT, sent_at=at, attempt_count=attempts, problem="")
    return True


@action(Permission.MESSAGE_SEE)
def give_up(*, by: User, message: OutboxMessage, problem: str, attempts: int, at: datetime) -> None:
    """Note that a message could not be sent, and tell whoever has to reach the patient in another way."""
    given_up = OutboxMessage.objects.filter(pk=message.pk, status=MessageStatus.SENDING).update(
        status=MessageStatus.FAILED, problem=problem[:200], attempt_count=attempts
    )
    if given_up:
        record("message.failed", subject=message, patient_id=message.patient_id, after={"problem": problem[:200]})
        events.publish(MessageFailed(clinic_id=message.clinic_id, message_id=message.pk, at=at))


@action(Permission.MESSAGE_EDIT)
def change_sending_rules(
    *,
    by: User,
    clinic: Clinic,
    quiet_from: time,
    quiet_until: time,
    is_sent_on_closed_days: bool,
    public_address: str,
    version: int,
    at: datetime,
) -> SendingRules:
    """Change when messages may go out. Raises ChangedMeanwhile."""
    SendingRules.objects.get_or_create(clinic=clinic)
    row = locked(SendingRules.objects.get(clinic=clinic), version=version)
    values = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "is_sent_on_closed_days": is_sent_on_closed_days,
        "public_address": public_address.strip().rstrip("/"),
    }
    before, after = change(row, values)
    record("sending_rules.changed", subject=row, before=before, after=after)
    return row


@action(Permission.MESSAGE_EDIT)
def change_template(
    *, by: User, template: MessageTemplate, body: str, subject: str, is_active: bool, version: int, at: datetime
) -> MessageTemplate:
    """Change the words of a message. Raises TemplateRefused, ChangedMeanwhile."""
    body = body.strip()
    if not body:
        raise TemplateRefused(_("The message has no text. Write it, or switch the message off."))
    if len(body) > MAX_BODY:
        raise TemplateRefused(_("The message is too long: at most %(most)s characters.") % {"most": MAX_BODY})
    strange = unknown_placeholders(body)
    if strange:
        raise TemplateRefused(
            _("Nothing fills {%(name)s}. Use only the placeholders listed beside the text.") % {"name": strange[0]}
        )
    changed = MessageTemplate.objects.filter(pk=template.pk, version=version).update(
        body=body, subject=subject.strip()[:120], is_active=is_active, version=version + 1
    )
    if not changed:
        raise ChangedMeanwhile(
            _("Somebody else changed this message meanwhile. Compare with the present text, then save again.")
        )
    record(
        "message_template.changed",
        subject=template,
        before={"body": template.body, "subject": template.subject, "is_active": template.is_active},
        after={"body": body, "subject": subject.strip()[:120], "is_active": is_active},
    )
    template.refresh_from_db()
    return template


@action(Permission.MESSAGE_EDIT)
def put_text(
    *, by: User, clinic: Clinic, key: str, language: str, subject: str, body: str, at: datetime
) -> MessageTemplate:
    """Write the words of a message in one language, new or instead of the present ones. Raises TemplateRefused."""
    found = MessageTemplate.objects.select_for_update().filter(clinic=clinic, key=key, language=language).first()
    if found is not None:
        if (found.body, found.subject, found.is_active) == (body.strip(), subject, True):
            return found
        return change_template(
            by=by, template=found, body=body, subject=subject, is_active=True, version=found.version, at=at
        )
    made = MessageTemplate.objects.create(clinic=clinic, key=key, language=language, subject=subject[:120], body="")
    return change_template(by=by, template=made, body=body, subject=subject, is_active=True, version=1, at=at)


@action(Permission.MESSAGE_EDIT)
def cancel_message(*, by: User, message: OutboxMessage, at: datetime) -> None:
    """Keep a waiting message from going out. Raises ChangedMeanwhile when it is gone already."""
    changed = OutboxMessage.objects.filter(pk=message.pk, status=MessageStatus.WAITING).update(
        status=MessageStatus.CANCELLED
    )
    if not changed:
        raise ChangedMeanwhile(_("The message is not waiting any more. The list shows its state."))
    record("message.cancelled", subject=message, patient_id=message.patient_id, before={"status": "waiting"})


@action(Permission.MESSAGE_EDIT)
def send_again(*, by: User, message: OutboxMessage, at: datetime) -> None:
    """Put a failed message back into the outbox, for an hour. Raises ChangedMeanwhile."""
    changed = OutboxMessage.objects.filter(pk=message.pk, status=MessageStatus.FAILED).update(
        status=MessageStatus.WAITING,
        not_before=at,
        expires_at=max(message.expires_at, at + timedelta(hours=1)),
        attempt_count=0,
    )
    if not changed:
        raise ChangedMeanwhile(_("The message has not failed, or somebody has sent it again already."))
    record("message.sent_again", subject=message, patient_id=message.patient_id, before={"problem": message.problem})

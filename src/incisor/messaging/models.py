"""Messages: templates, and the outbox from which the worker sends."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField, KeyTextField
from incisor.kernel.models import Row
from incisor.messaging.enums import Channel, LinkPurpose, MessageStatus
from incisor.patients.models import Patient


class MessageTemplate(Row):
    """The words of a message in one language; a clinic's own version stands before the shipped one."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "key", "language"], name="message_template_is_unique")]


class OutboxMessage(Row):
    """A message that waits, was sent, or was not and why. key: what, rule, version; unique, so it goes out once."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    key = KeyTextField(max_length=120)
    template_key = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = EncryptedTextField(blank=True)
    subject = models.CharField(max_length=120, blank=True)
    body = EncryptedTextField()
    status = models.CharField(max_length=10, choices=MessageStatus.choices, default=MessageStatus.WAITING)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="outbox_message_channel_is_known"),
            models.UniqueConstraint(fields=["clinic", "key"], name="outbox_message_is_unique"),
            models.CheckConstraint(condition=Q(status__in=MessageStatus.values), name="outbox_status_is_known"),
        ]
        indexes = [
            models.Index(fields=["status", "not_before"], name="outbox_by_due"),
            models.Index(fields=["clinic", "-created_at"], name="outbox_by_newest"),
        ]


class SendingRules(Row):
    """When messages of a clinic may go out, and under which address patients reach its pages. No row: the defaults.

    Quiet hours may span midnight. public_address: “https://…” without a slash at the end; empty: texts have no link.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(8))
    is_sent_on_closed_days = models.BooleanField(default=False)
    public_address = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)


class Link(Row):
    """A link on a patient's phone, for one purpose and one thing. The token itself is nowhere: only its keyed hash.

    subject_id: a row of the app whose page the link opens. used_at: from then on it opens nothing (used or withdrawn).
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    purpose = models.CharField(max_length=2, choices=LinkPurpose.choices)
    subject_id = models.UUIDField()
    token_hash = models.CharField(max_length=40)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="link_token_is_unique"),
            models.CheckConstraint(condition=Q(purpose__in=LinkPurpose.values), name="link_purpose_is_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="link_expires_after_it_was_made"),
        ]
        indexes = [models.Index(fields=["subject_id", "purpose"], name="link_by_subject")]


class LinkFailure(Row):
    """A link that opened nothing, or wrong digits: counted per address that it came from."""

    origin = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["origin", "-at"], name="link_failure_by_origin")]

"""Messages: templates, and the outbox from which the worker sends."""

from django.db import models
from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField, KeyTextField
from incisor.kernel.models import Row
from incisor.messaging.enums import Channel, MessageStatus
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

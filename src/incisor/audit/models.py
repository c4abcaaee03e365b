"""The record of who did and saw what: append-only, each entry carries the hash of the one before."""

import uuid
from datetime import UTC

from django.db import models

from incisor.audit.rules import Sealed
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row

ORGANISATION_CHAIN = uuid.UUID(int=0)


class ChainHead(Row):
    """The end of one chain: a chain for each clinic, and one (all zeros) for the organisation as a whole."""

    chain = models.UUIDField()
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain"], name="chain_head_is_unique")]


class Entry(Row):
    """One fact. user_name and subject_text are copies, so that the entry can be read when the rest has changed."""

    chain = models.UUIDField()
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    user_name = models.CharField(max_length=80)
    origin = models.CharField(max_length=80, blank=True)
    what = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    is_look = models.BooleanField(default=False)
    detail = EncryptedTextField(blank=True)
    detail_hash = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="entry_number_is_unique")]
        indexes = [
            models.Index(fields=["chain", "-at"], name="entry_by_time"),
            models.Index(fields=["patient_id", "-at"], name="entry_by_patient"),
            models.Index(fields=["user_id", "-at"], name="entry_by_user"),
            models.Index(fields=["subject_id", "-at"], name="entry_by_subject"),
        ]

    def sealed(self) -> Sealed:
        """Return what the entry's hash covers."""
        return Sealed(
            chain=str(self.chain),
            number=self.number,
            at=self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            user_id=str(self.user_id or ""),
            user_name=self.user_name,
            origin=self.origin,
            what=self.what,
            subject_kind=self.subject_kind,
            subject_id=str(self.subject_id or ""),
            patient_id=str(self.patient_id or ""),
            is_look=bool(self.is_look),
            detail_hash=self.detail_hash,
            previous_hash=self.previous_hash,
        )

"""Two files of one person: pairs that look alike, merges and how to undo them, numbers that were given up."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.enums import PairStatus
from incisor.patients.models.files import Patient


class DuplicatePair(Row):
    """Two files that may be of one person; one has the smaller key. reasons: list of {code, …} (rules.duplicates)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    one = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=PairStatus.choices, default=PairStatus.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_is_unique"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_pair_is_in_order"),
            models.CheckConstraint(condition=Q(status__in=PairStatus.values), name="duplicate_pair_status_is_known"),
        ]
        indexes = [models.Index(fields=["clinic", "status", "-score", "id"], name="duplicate_pair_by_score")]


class DuplicateScan(Row):
    """How far the nightly search for duplicates has come in a clinic: through new files, and through changed ones."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(null=True)
    created_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    checked_count = models.PositiveBigIntegerField(default=0)


class Merge(Row):
    """The lesser file was merged into the kept one. ledger: sealed JSON of what moved and what was written over,
    all that undoing needs; emptied when the person was erased."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    lesser = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    ledger = EncryptedTextField(blank=True)
    moved_count = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("lesser")), name="merge_is_of_two_files"),
            models.UniqueConstraint(
                fields=["lesser"], condition=Q(undone_at=None), name="merge_of_a_file_is_in_force_once"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "-at"], name="merge_by_time")]


class GivenUpNumber(Row):
    """A file number that was given out and taken back: never given again, and the gap in the numbers is explained."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "number"], name="given_up_number_is_unique")]

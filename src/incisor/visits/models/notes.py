"""The clinician's record of a visit, and what was added after it was signed."""

from django.db import models

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.visits.models.visit import Visit


class VisitNote(Row):
    """The clinician's record of a visit. Signed means locked: seal is the SHA-256 of what was signed.

    touched: by field, who changed it last ({"by": name, "at": time}), so that people who write at once learn it.
    """

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="note")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    complaint = EncryptedTextField(blank=True)
    findings = EncryptedTextField(blank=True)
    diagnosis = EncryptedTextField(blank=True)
    diagnosis_codes = models.JSONField(default=list)
    treatment = EncryptedTextField(blank=True)
    advice = EncryptedTextField(blank=True)
    next_procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True)
    next_after_days = models.PositiveSmallIntegerField(null=True)
    next_note = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    touched = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    signed_at = models.DateTimeField(null=True)
    seal = models.CharField(max_length=64, blank=True)


class Addendum(Row):
    """What was added to a note after it was signed."""

    note = models.ForeignKey(VisitNote, on_delete=models.PROTECT, related_name="addenda")
    text = EncryptedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seal = models.CharField(max_length=64)
